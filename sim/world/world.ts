import { BatesStepper, startPath } from "../../src/processes/bates-path.ts";
import type { DesignedJump, JumpDesign } from "../../src/processes/jump-design.ts";
import { DesignedJumps } from "../../src/processes/jump-design.ts";
import { purposes } from "../../src/processes/purposes.ts";
import { stationaryVariance } from "../../src/processes/variance-step.ts";
import type { Random } from "../../src/random/random.ts";
import { YEAR_SECONDS } from "../../src/time/year.ts";
import type { Graft } from "./graft.ts";
import { graftedReturn } from "./graft.ts";
import type { ProcessName, RegimeParameters } from "./regime.ts";
import { regimeAt } from "./regime.ts";
import type { SeverityProfile } from "./severity-profile.ts";

/** Everything a path depends on. */
export interface PathSpec {
  readonly regimeCalm: RegimeParameters;
  readonly regimeCrash: RegimeParameters;
  readonly severityAt: SeverityProfile;
  /** USD. */
  readonly spot0: number;
  /** Annualised, or drawn from the stationary law of the severity at the start. */
  readonly variance0: number | "stationary";
  /** Unix seconds. */
  readonly startTime: number;
  readonly steps: number;
  readonly stepSeconds: number;
  readonly random: Random;
  readonly process: ProcessName;
  readonly grafts?: readonly Graft[];
  /** A stated share of paths with a jump in a span, for rare jumps; the path then has a weight. */
  readonly jumpDesign?: JumpDesign;
}

/** A path on its grid: entry i is the state at `startTime + i * stepSeconds`. */
export interface WorldPath {
  /** Unix seconds. */
  readonly times: Float64Array;
  /** USD. */
  readonly spots: Float64Array;
  /** Annualised. */
  readonly variances: Float64Array;
  readonly severities: Float64Array;
  /** 1 where a jump happened in the step that ends here. */
  readonly jumpFlags: Uint8Array;
  /** Sum of the log jumps of the step that ends here, and the last one's place in it, in (0, 1]. */
  readonly jumpLogs: Float64Array;
  readonly jumpFractions: Float64Array;
  /** With jumps by design: whether this path has one, and what it counts for in an unconditional mean. */
  readonly designedJump?: DesignedJump;
}

/**
 * Simulates a path of the world.
 *
 * Paths that share `random` share their numbers step by step, whatever their severity. When severity moves, the
 * variance is scaled by the ratio of the regimes' starting variances, so that a shock reaches the variance at once
 * instead of at the speed of mean reversion, and relief takes it back.
 */
export function simulatePath(spec: PathSpec): WorldPath {
  const { regimeCalm, regimeCrash, severityAt, startTime, steps, stepSeconds, random, process } = spec;
  const path = emptyPath(steps + 1);
  const highestIntensity = process === "gbm" ? 0 : Math.max(regimeCalm.jumpIntensity, regimeCrash.jumpIntensity);
  const design = designedJumps(spec);
  const stepper = new BatesStepper(random, stepSeconds / YEAR_SECONDS, highestIntensity, design);
  let severity = severityAt(0);
  let regime = regimeAt(regimeCalm, regimeCrash, severity, process);
  const state = startPath(spec.spot0, startingVariance(spec, regime));
  for (let i = 0; i <= steps; i++) {
    if (i > 0) {
      stepper.step(state, i - 1, regime);
      state.logPrice += graftedReturn(spec.grafts ?? [], (i - 1) * stepSeconds, stepSeconds) * severity;
    }
    const next = severityAt(i * stepSeconds);
    if (next !== severity) {
      const entered = regimeAt(regimeCalm, regimeCrash, next, process);
      state.variance *= entered.v0 / regime.v0;
      severity = next;
      regime = entered;
    }
    path.times[i] = startTime + i * stepSeconds;
    path.spots[i] = Math.exp(state.logPrice);
    path.variances[i] = state.variance;
    path.severities[i] = severity;
    path.jumpFlags[i] = state.jump.count > 0 ? 1 : 0;
    path.jumpLogs[i] = state.jump.sum;
    path.jumpFractions[i] = state.jump.fraction;
  }
  return design === undefined ? path : { ...path, designedJump: design.result };
}

function designedJumps(spec: PathSpec): DesignedJumps | undefined {
  const { jumpDesign, severityAt, stepSeconds, regimeCalm, regimeCrash, process, random } = spec;
  if (jumpDesign === undefined) return undefined;
  const intensityAt = (step: number): number =>
    regimeAt(regimeCalm, regimeCrash, severityAt(step * stepSeconds), process).jumpIntensity;
  return new DesignedJumps(jumpDesign, intensityAt, stepSeconds / YEAR_SECONDS, random);
}

function startingVariance({ variance0, random, process }: PathSpec, regime: RegimeParameters): number {
  if (process !== "bates") return regime.v0;
  return variance0 === "stationary" ? stationaryVariance(regime, random.uniform(0, purposes.start)) : variance0;
}

function emptyPath(length: number): WorldPath {
  return {
    times: new Float64Array(length),
    spots: new Float64Array(length),
    variances: new Float64Array(length),
    severities: new Float64Array(length),
    jumpFlags: new Uint8Array(length),
    jumpLogs: new Float64Array(length),
    jumpFractions: new Float64Array(length),
  };
}
