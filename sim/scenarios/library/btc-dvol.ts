import type { ScenarioFile } from "../scenario.ts";
import { volShock } from "./vol-shock.ts";

/** A market's own series of implied vol, by the hour, through four years. */
export const btcDvol: ScenarioFile = {
  ...volShock,
  name: "btc-dvol",
  summary: "Deribit's BTC volatility index as the implied vol to meet, in five crashes from May 2021 to October 2025",
  label: "history",
  asset: "BTC",
  // An index has no strikes: models of a smile have nothing to learn from it.
  models: ["constant", "realised-vol"],
  onChain: { ...volShock.onChain, models: ["constant", "realised-vol"] },
  history: {
    prices: ["data:open/btc_usdt_1h.csv", "data:restricted/btc_usdt_1h_late.csv"],
    volatilityIndex: { file: "data:restricted/dvol_btc_1h.csv", column: "dvol_open", unit: "percent", tenorDays: 30 },
    calm: "2024-05-01..2024-07-15",
    stress: [
      {
        name: "august-2024",
        window: "2024-07-29..2024-08-12",
        why: "yen carry trades; 5 August 2024: low 16 % under the day's open (Binance)",
      },
      {
        name: "may-2021",
        window: "2021-05-10..2021-05-29",
        calm: "2021-03-24..2021-05-07",
        why: "19 May 2021: low 30 % under the day's open (Binance); the calm is all that the index had",
      },
      {
        name: "june-2022",
        window: "2022-06-05..2022-06-25",
        calm: "2022-03-01..2022-04-30",
        why: "stETH and 3AC; 13 June 2022: low 18 % under the open (Binance)",
      },
      {
        name: "november-2022",
        window: "2022-11-01..2022-11-20",
        calm: "2022-08-25..2022-10-25",
        why: "FTX; 9 November 2022: low 16 % under the open (Binance)",
      },
      {
        name: "october-2025",
        window: "2025-10-06..2025-10-13",
        calm: "2025-07-15..2025-09-25",
        why: "10 October 2025: low 16 % under the day's open (Binance); the index's file ends on the 15th",
      },
    ],
  },
  sources: [
    {
      parameter: "history.prices, history.volatilityIndex",
      source: "hourly BTC/USDT of Binance, DVOL of Deribit; docs/history.md says where from",
    },
    {
      parameter: "history.calm, history.stress",
      source: "ours: days about known crashes and the months before them, fixed before any result",
    },
    { parameter: "oracle.heartbeat, oracle.deviation", source: "Chainlink ETH/USD feed: 3,600 s and 0.5 %" },
    { parameter: "keeper.cycle", source: "heartbeat of Derive v2's volatility feed: 20 min" },
    { parameter: "all others", source: "ours, as in vol-shock" },
  ],
};
