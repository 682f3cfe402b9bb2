import type { ScenarioFile } from "../scenario.ts";
import { volShock } from "./vol-shock.ts";

/** The one recorded history that everybody has after `npm ci`. */
export const sp500: ScenarioFile = {
  ...volShock,
  name: "sp500",
  summary: "S&P 500 by day: models fitted on 2003–2006 meet 2008 and March 2020; the vault lives through March 2020",
  label: "history",
  history: {
    prices: ["package:vega-datasets/data/sp500-2000.csv"],
    calm: "2003-01-01..2006-12-31",
    stress: [
      {
        name: "march-2020",
        window: "2020-03-04..2020-03-31",
        why: "the pandemic's month: the VIX closed at 82.69 on 16 March, its highest close (Cboe)",
      },
      {
        name: "2008",
        window: "2008-01-02..2008-12-30",
        why: "the credit crisis's year, in whole weeks: the VIX closed at 80.86 on 20 November (Cboe)",
      },
    ],
    onChain: "march-2020",
    adjusted:
      "first and last days moved to whole weeks from a Wednesday after a first look at results: over a weekend the feed stands still, which a realised vol read on a Sunday takes for calm",
  },
  listing: {
    ...volShock.listing,
    strikes: [0.8, 0.9, 0.95, 1, 1.05, 1.1],
  },
  protocol: { ...volShock.protocol, terms: { ...volShock.protocol.terms, minVol: 0.04 } },
  sources: [
    {
      parameter: "history.prices",
      source: "npm package vega-datasets 3.2.1, data/sp500-2000.csv (BSD-3-Clause), 2000-01-03 to 2020-04-17",
    },
    {
      parameter: "history.calm, history.stress",
      source:
        "calendar years and a calendar month, chosen before any result; the days of stress moved as adjusted says",
    },
    { parameter: "protocol.terms.minVol", source: "ours: under the index's calm vol of 10 %" },
    { parameter: "listing.strikes", source: "ours: an index moves less than a coin" },
    { parameter: "oracle.heartbeat, oracle.deviation", source: "Chainlink ETH/USD feed: 3,600 s and 0.5 %" },
    { parameter: "keeper.cycle", source: "heartbeat of Derive v2's volatility feed: 20 min" },
    { parameter: "all others", source: "ours, as in vol-shock" },
  ],
};
