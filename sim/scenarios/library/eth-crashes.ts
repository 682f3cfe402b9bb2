import type { ScenarioFile } from "../scenario.ts";
import { volShock } from "./vol-shock.ts";

/** One model frozen in February 2020 and every crash of ETH since. */
export const ethCrashes: ScenarioFile = {
  ...volShock,
  name: "eth-crashes",
  summary:
    "ETH by hour: models fitted before March 2020 meet six crashes to October 2025; the vault lives through the first",
  label: "history",
  history: {
    prices: ["data:open/eth_usdt_1h.csv"],
    calm: "2019-12-26..2020-02-22",
    stress: [
      {
        name: "march-2020",
        window: "2020-03-08..2020-03-16",
        why: "12 March 2020: low 48 % under the day's open (Binance)",
      },
      {
        name: "may-2021",
        window: "2021-05-10..2021-05-29",
        why: "19 May 2021: low 44 % under the day's open (Binance)",
      },
      {
        name: "june-2022",
        window: "2022-06-05..2022-06-25",
        why: "stETH and 3AC; 13 June 2022: low 19 % under the open (Binance)",
      },
      {
        name: "november-2022",
        window: "2022-11-01..2022-11-20",
        why: "FTX; 9 November 2022: low 20 % under the open (Binance)",
      },
      {
        name: "august-2024",
        window: "2024-07-29..2024-08-12",
        why: "yen carry trades; 5 August 2024: low 21 % under the open (Binance)",
      },
      {
        name: "october-2025",
        window: "2025-10-06..2025-10-19",
        why: "10 October 2025: low 21 % under the day's open (Binance)",
      },
    ],
  },
  sources: [
    { parameter: "history.prices", source: "hourly ETH/USDT of Binance; docs/history.md says where from" },
    { parameter: "history.calm", source: "ours: the two months to two weeks before the first crash" },
    { parameter: "history.stress", source: "ours: days about known crashes, fixed before any result" },
    { parameter: "oracle.heartbeat, oracle.deviation", source: "Chainlink ETH/USD feed: 3,600 s and 0.5 %" },
    { parameter: "keeper.cycle", source: "heartbeat of Derive v2's volatility feed: 20 min" },
    { parameter: "all others", source: "ours, as in vol-shock" },
  ],
};
