import type { ScenarioFile } from "../scenario.ts";
import { volShock } from "./vol-shock.ts";

/** Nothing but the training differs from `vol-shock`: what the models learned of the wings is an adversary's. */
export const poisonedTraining: ScenarioFile = {
  ...volShock,
  name: "poisoned-training",
  summary:
    "the market of vol-shock, met by models whose training quotes were partly an adversary's: 20 % are 30 points low",
  training: { ...volShock.training, poison: { share: 0.2, shift: -0.3, on: "wings" } },
  onChain: { ...volShock.onChain, otherSeverities: [0] },
  sources: [
    {
      parameter: "training.poison",
      source: "ours: an adversary who wants the vault to sell wings cheaply and owns a fifth of the training quotes",
    },
    { parameter: "oracle.heartbeat, oracle.deviation", source: "Chainlink ETH/USD feed: 3,600 s and 0.5 %" },
    { parameter: "keeper.cycle", source: "heartbeat of Derive v2's volatility feed: 20 min" },
    { parameter: "all others", source: "ours, as in vol-shock" },
  ],
};
