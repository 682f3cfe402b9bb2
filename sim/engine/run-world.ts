import { createRandom } from "../../src/random/random.ts";
import type { Scenario } from "../scenarios/scenario.ts";
import type { MarketWorld } from "../world/market-world.ts";
import { constantSeverity, trapezoidSeverity } from "../world/severity-profile.ts";
import type { TruthPricers } from "../world/truth-pricers.ts";
import { WorldRun } from "../world/world-run.ts";
import { simulatePath, type WorldPath } from "../world/world.ts";
import type { RunSpec } from "./run-record.ts";

/** What a run meets: the truth at any time of it, moved by what is traded; and the prices of the calm before it. */
export interface RunWorld {
  readonly truth: MarketWorld;
  /** The calm before the run, Unix seconds and USD: features and models start from it. */
  readonly before: { readonly times: Float64Array; readonly prices: Float64Array };
}

/** Days of calm before a run: twice the memory of the slowest feature. */
export const DAYS_BEFORE = 14;

const DAY = 86_400;

/**
 * The synthetic world of a run. It depends on scenario, severity and seeds only, never on model or preset, so that runs
 * that are compared meet the same one; the price at the run's start is the scenario's.
 */
export function syntheticWorld(
  scenario: Scenario,
  pricers: TruthPricers,
  spec: Pick<RunSpec, "severity" | "seed" | "masterSeed">,
): RunWorld {
  const random = createRandom(spec.masterSeed, "chain", spec.seed, "world");
  const stepSeconds = scenario.clock.fineStep;
  const stepsBefore = Math.ceil((DAYS_BEFORE * DAY) / stepSeconds);
  const lead = stepsBefore * stepSeconds;
  const start = Date.parse(scenario.clock.start) / 1000;
  const profile = { ...scenario.profile, onset: scenario.profile.onset + lead };
  const path = simulatePath({
    regimeCalm: scenario.calm,
    regimeCrash: scenario.crash,
    severityAt: spec.severity === 0 ? constantSeverity(0) : trapezoidSeverity(profile, spec.severity),
    spot0: 1,
    variance0: "stationary",
    startTime: start - lead,
    steps: stepsBefore + Math.ceil(scenario.clock.horizon / stepSeconds) + 1,
    stepSeconds,
    random,
    process: scenario.process,
    grafts: scenario.graft.map((graft) => ({ ...graft, at: graft.at + lead })),
  });
  const scaled = scaledToSpot(path, stepsBefore, scenario.spot);
  return {
    truth: new WorldRun(scaled, pricers, random),
    before: { times: scaled.times.slice(0, stepsBefore + 1), prices: scaled.spots.slice(0, stepsBefore + 1) },
  };
}

function scaledToSpot(path: WorldPath, index: number, spot: number): WorldPath {
  const factor = spot / path.spots[index];
  return { ...path, spots: path.spots.map((price) => price * factor) };
}
