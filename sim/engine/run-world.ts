import { createRandom, type Random } from "../../src/random/random.ts";
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

/** What the world of a run depends on: never on model or preset, so that runs that are compared meet the same one. */
type WorldSpec = Pick<RunSpec, "severity" | "seed" | "masterSeed">;

/** The synthetic world of a run; the price at the run's start is the scenario's. */
export function syntheticWorld(scenario: Scenario, pricers: TruthPricers, spec: WorldSpec): RunWorld {
  return syntheticWorlds(scenario, pricers)(spec);
}

/** Synthetic worlds of runs that follow each other: one whose path is that of the run before does not simulate it again. */
export function syntheticWorlds(scenario: Scenario, pricers: TruthPricers): (spec: WorldSpec) => RunWorld {
  const start = Date.parse(scenario.clock.start) / 1000;
  let last: { readonly spec: WorldSpec; readonly path: WorldPath } | undefined;
  return ({ severity, seed, masterSeed }) => {
    const random = createRandom(masterSeed, "chain", seed, "world");
    const isLast = last?.spec.severity === severity && last.spec.seed === seed && last.spec.masterSeed === masterSeed;
    if (!isLast) last = { spec: { severity, seed, masterSeed }, path: worldPath(scenario, severity, random) };
    const { path } = last!;
    const before = path.times.findLastIndex((time) => time <= start) + 1;
    return {
      truth: new WorldRun(path, pricers, random),
      before: { times: path.times.slice(0, before), prices: path.spots.slice(0, before) },
    };
  };
}

/** The path of a severity with the days of calm before it. */
function worldPath(scenario: Scenario, severity: number, random: Random): WorldPath {
  const stepSeconds = scenario.clock.fineStep;
  const stepsBefore = Math.ceil((DAYS_BEFORE * DAY) / stepSeconds);
  const lead = stepsBefore * stepSeconds;
  const start = Date.parse(scenario.clock.start) / 1000;
  const profile = { ...scenario.profile, onset: scenario.profile.onset + lead };
  const path = simulatePath({
    regimeCalm: scenario.calm,
    regimeCrash: scenario.crash,
    severityAt: severity === 0 ? constantSeverity(0) : trapezoidSeverity(profile, severity),
    spot0: 1,
    variance0: "stationary",
    startTime: start - lead,
    steps: stepsBefore + Math.ceil(scenario.clock.horizon / stepSeconds) + 1,
    stepSeconds,
    random,
    process: scenario.process,
    grafts: scenario.graft.map((graft) => ({ ...graft, at: graft.at + lead })),
  });
  return scaledToSpot(path, stepsBefore, scenario.spot);
}

function scaledToSpot(path: WorldPath, index: number, spot: number): WorldPath {
  const factor = spot / path.spots[index];
  return { ...path, spots: path.spots.map((price) => price * factor) };
}
