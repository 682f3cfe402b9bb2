import type { ScenarioFile } from "../scenario.ts";
import { volShock } from "./vol-shock.ts";

/** Surfaces fitted and scored on real option quotes. */
export const btcQuotes: ScenarioFile = {
  ...volShock,
  name: "btc-quotes",
  summary: "BTC option quotes: surfaces fitted on January 2026 meet the fall of early February, and June",
  label: "history",
  asset: "BTC",
  models: ["constant", "realised-vol", "smile-level", "smile-level-lagged", "polynomial", "ridge"],
  history: {
    prices: ["data:restricted/btc_usdt_1h_late.csv"],
    quotes: [
      "data:restricted/options_deribit_btc_2025-12-30_2026-03-31.csv",
      "data:restricted/options_deribit_btc_2026-04-01_2026-08-22.csv",
    ],
    quotedIndexAfterPrices: true,
    repair: "drop",
    longestGap: "24h",
    calm: "2026-01-01..2026-01-28",
    stress: [
      {
        name: "february-2026",
        window: "2026-01-29..2026-02-10",
        why: "5 February 2026: low 15 % under the day's open (Binance)",
      },
      {
        name: "june-2026",
        window: "2026-06-01..2026-06-08",
        why: "four months on, the other week with four snapshots a day",
      },
    ],
  },
  sources: [
    {
      parameter: "history.prices, history.quotes",
      source: "hourly BTC/USDT of Binance, quotes of Deribit; docs/history.md says where from",
    },
    { parameter: "history.calm, history.stress", source: "ours: calendar days, fixed before any result" },
    {
      parameter: "history.longestGap",
      source: "ours: the index beside the June quotes is up to nine hours apart, and 21 before the first",
    },
    { parameter: "oracle.heartbeat, oracle.deviation", source: "Chainlink ETH/USD feed: 3,600 s and 0.5 %" },
    { parameter: "keeper.cycle", source: "heartbeat of Derive v2's volatility feed: 20 min" },
    { parameter: "all others", source: "ours, as in vol-shock" },
  ],
};
