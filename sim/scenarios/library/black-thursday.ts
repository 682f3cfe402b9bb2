import type { ScenarioFile } from "../scenario.ts";
import { volShock } from "./vol-shock.ts";

/**
 * 12 March 2020, stylised: the size and the order of its moves, an oracle that arrives late and gas that prices keepers
 * out. Shaped to published figures, not replayed; for the recorded prices run your own history.
 */
export const blackThursday: ScenarioFile = {
  ...volShock,
  name: "black-thursday",
  summary: "ETH falls 48 % in four legs while rounds land an hour late and gas is scarce (12 March 2020, stylised)",
  label: "stylised",
  spot: 194.61,
  crash: {
    v0: 4,
    kappa: 12,
    theta: 2.25,
    volOfVol: 4,
    rho: -0.7,
    jumpIntensity: 30,
    jumpMean: -0.06,
    jumpSd: 0.05,
  },
  graft: [
    { at: "13h", for: "9h", logReturn: -0.147 },
    { at: "22h", for: "90m", logReturn: -0.296 },
    { at: "24h", for: "6h", logReturn: 0.106 },
    { at: "35h", for: "1h", logReturn: -0.317 },
  ],
  clock: {
    ...volShock.clock,
    start: "2020-03-11T16:00:00Z",
    dense: [
      { from: "12h", for: "1m", step: "12s" },
      { from: "22h", for: "2h", step: "10m" },
      { from: "35h", for: "80m", step: "10m" },
      { from: "39h25m", for: "45m", step: "5m" },
    ],
    coarse: [...volShock.clock.coarse!, "feed-staleness"],
  },
  listing: {
    ...volShock.listing,
    // The same book in USD of the underlying, at a tenth of the price.
    genesisBook: volShock.listing.genesisBook.map((position) => ({ ...position, contracts: 10 * position.contracts })),
  },
  oracle: {
    ...volShock.oracle,
    faults: [
      { kind: "delayed", from: "22h", for: "3h", delay: "1h" },
      { kind: "stale", from: "35h", for: "1h" },
    ],
  },
  market: { ...volShock.market, poolQuote: 2_500_000, demandCrash: 2 },
  sources: [
    {
      parameter: "spot, graft",
      source:
        "ETH/USDT on Binance, hourly: 194.61 at 00:00 UTC on 12 March 2020, 167.97 at 10:00, low of 125.00 before 11:00, 139.09 at 20:00, low of 101.20 before midnight (-48 %)",
    },
    {
      parameter: "oracle.faults, market.demandCrash",
      source:
        "the incident at MakerDAO: gas made oracles late and priced keepers out, 8.32 million USD of collateral went for bids of zero (Whiterabbit, 2020); lengths and sizes ours",
    },
    { parameter: "crash, profile, clock, market.poolQuote", source: "ours" },
    { parameter: "oracle.heartbeat, oracle.deviation", source: "Chainlink ETH/USD feed: 3,600 s and 0.5 %" },
    { parameter: "keeper.cycle", source: "heartbeat of Derive v2's volatility feed: 20 min" },
    { parameter: "all others", source: "ours, as in vol-shock" },
  ],
};
