import type { JumpClustering } from "../../../../src/processes/jump-clusters.ts";
import type { Scenario } from "../../../scenarios/scenario.ts";
import { TruthPricers } from "../../../world/truth-pricers.ts";

/** A synthetic stress that moves one thing: the calm regime but for it, as the crash of a scenario of its own. */
export interface StressFold {
  readonly name: string;
  readonly what: string;
  readonly scenario: Scenario;
  /** How jumps cluster at severity 1, where that is what moves. */
  readonly clustering?: JumpClustering;
}

/** Correlation of spot and vol that a shift ends at. */
const SHIFTED_RHO = -0.9;
/** A jump causes three quarters of one, a cluster so has four; what it caused is half dead after twelve hours. */
const CLUSTERING: JumpClustering = { branching: 0.75, decay: Math.LN2 * 365 * 2 };
/** Liquidity crunch: vol of vol, and how much more rarely and later the feed hears of a price. */
const CRUNCH = { volOfVol: 2, deviation: 4, delay: 600 };

/**
 * Stress folds of model selection, each in one direction: a liquidity crunch (the feed reports on larger moves and late,
 * vol of vol doubles), a shift of the correlation of spot and vol (ρ falls to −0.9; that of two assets cannot move a
 * European vol on one of them), and jump clustering (a jump at the onset and the jumps that jumps cause from then on, by
 * a Hawkes process; base intensity and sizes stay calm's). All sizes are ours.
 */
export function stressFolds(scenario: Scenario): StressFold[] {
  const { calm, oracle } = scenario;
  const only = (crash: Partial<Scenario["crash"]>): Scenario => ({
    ...scenario,
    crash: { ...calm, ...crash },
    graft: [],
  });
  const crunch = only({ volOfVol: CRUNCH.volOfVol * calm.volOfVol });
  return [
    {
      name: "liquidity crunch",
      what: "the feed reports on moves four times as large and ten minutes late, vol of vol doubles",
      scenario: {
        ...crunch,
        oracle: { ...oracle, deviation: CRUNCH.deviation * oracle.deviation, delay: oracle.delay + CRUNCH.delay },
      },
    },
    { name: "correlation shift", what: "spot–vol correlation falls to −0.9", scenario: only({ rho: SHIFTED_RHO }) },
    {
      name: "jump clustering",
      what: `a jump at the onset, and each jump causes ${CLUSTERING.branching} more on average within days; jumps that nothing caused come as often and as large as in calm`,
      scenario: only({}),
      clustering: CLUSTERING,
    },
  ];
}

/** The truth's prices in a fold. */
export function foldPricers({ scenario: { calm, crash, process }, clustering }: StressFold): TruthPricers {
  return new TruthPricers(calm, crash, process, clustering);
}
