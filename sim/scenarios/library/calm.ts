import type { ScenarioFile } from "../scenario.ts";
import { volShock } from "./vol-shock.ts";

/** The control: the cast and the clock of `vol-shock`, in which nothing happens at any severity. */
export const calm: ScenarioFile = {
  ...volShock,
  name: "calm",
  summary: "the training regime goes on; what is lost here is lost without any stress",
  crash: volShock.calm,
  graft: [],
  oracle: { ...volShock.oracle, faults: [] },
  market: { ...volShock.market, demandCrash: volShock.market.demandCalm },
  onChain: { ...volShock.onChain, otherSeverities: [0] },
  sources: [
    { parameter: "crash", source: "ours: equal to calm, so that severity moves nothing" },
    { parameter: "oracle.heartbeat, oracle.deviation", source: "Chainlink ETH/USD feed: 3,600 s and 0.5 %" },
    { parameter: "keeper.cycle", source: "heartbeat of Derive v2's volatility feed: 20 min" },
    { parameter: "all others", source: "ours, as in vol-shock" },
  ],
};
