import type { Scenario } from "../../../scenarios/scenario.ts";

/** A synthetic stress that moves one thing out of the calm regime. */
export interface StressFold {
  readonly name: string;
  /** What moves, in words. */
  readonly what: string;
  /** The scenario whose severity 1 is this stress. */
  readonly scenario: Scenario;
}

/** Spot–vol correlation of the correlation shift. */
const SHIFTED_RHO = -0.9;
/** Jumps of a burst: as often, and as large on average, as this many times calm's, and at least this log mean. */
const BURST = { intensity: 10, mean: -0.06 };
/** Liquidity crunch: vol of vol, and how much more rarely and later the feed hears of a price. */
const CRUNCH = { volOfVol: 2, deviation: 4, delay: 600 };

/**
 * Stress folds of model selection, each in one direction: a liquidity crunch (the feed reports on larger moves and late,
 * vol of vol doubles), a correlation shift (ρ falls to −0.9), jump clustering (the inside of a burst, with jumps ten
 * times as often). All sizes are ours.
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
      what: "jumps come ten times as often, −6 % on average, as inside a burst",
      scenario: only({
        jumpIntensity: BURST.intensity * calm.jumpIntensity,
        jumpMean: Math.min(BURST.mean, calm.jumpMean),
      }),
    },
  ];
}
