import type { BatesParameters } from "../../src/pricing/bates.ts";
import { BatesStepper, startPath, type PathState } from "../../src/processes/bates-path.ts";
import type { DesignedJump, JumpDesign } from "../../src/processes/jump-design.ts";
import { DesignedJumps } from "../../src/processes/jump-design.ts";
import type { JumpDraw } from "../../src/processes/jumps.ts";
import type { JumpClustering } from "../../src/processes/jump-clusters.ts";
import { JumpClusters } from "../../src/processes/jump-clusters.ts";
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
  /** Jumps cause jumps, the more the higher the severity; one comes when severity first rises. */
  readonly clustering?: JumpClustering;
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
  /** With clustering: intensity of jumps above the regime's, a year. */
  readonly excitations?: Float64Array;
}

/**
 * Simulates a path of the world.
 *
 * Paths that share `random` share their numbers step by step, whatever their severity. When severity moves, the
 * variance is scaled by the ratio of the regimes' starting variances, so that a shock reaches the variance at once
 * instead of at the speed of mean reversion, and relief takes it back.
 */
export function simulatePath(spec: PathSpec): WorldPath {
  const design = designedJumps(spec);
  const walk = new Walk(spec);
  walk.to(spec.steps, stepperOf(spec, design), spec);
  return design === undefined ? walk.path : { ...walk.path, designedJump: design.result };
}

/**
 * Paths of several severities on the same random numbers, each as {@link simulatePath} gives it alone.
 * @param apart - first step at which the severities may differ; what lies before it is simulated once
 */
export function simulatePaths(
  spec: Omit<PathSpec, "severityAt" | "jumpDesign">,
  severities: readonly SeverityProfile[],
  apart: number,
): WorldPath[] {
  const alone = severities.map((severityAt): PathSpec => ({ ...spec, severityAt }));
  const stepper = stepperOf(alone[0], undefined);
  const shared = new Walk(alone[0]);
  shared.to(apart - 1, stepper, alone[0]);
  return alone.map((own) => {
    const walk = shared.copy(own);
    walk.to(own.steps, stepper, own);
    return walk.path;
  });
}

/** A path under way: what is written of it, and the state at its last step. */
class Walk {
  readonly path: WorldPath;
  #state: PathState;
  #severity: number;
  #regime: RegimeParameters;
  #clusters: JumpClusters | undefined;
  #next = 0;

  constructor(spec: PathSpec) {
    this.path = emptyPath(spec);
    this.#clusters = clustersOf(spec);
    this.#severity = spec.severityAt(0);
    this.#regime = regimeOf(spec, this.#severity);
    this.#state = startPath(spec.spot0, startingVariance(spec, this.#regime));
  }

  copy(spec: PathSpec): Walk {
    const copy = new Walk(spec);
    for (const name of columns) copy.path[name].set(this.path[name]);
    copy.path.excitations?.set(this.path.excitations!);
    copy.#clusters = this.#clusters?.copy();
    copy.#state = { ...this.#state, jump: { ...this.#state.jump } };
    copy.#severity = this.#severity;
    copy.#regime = this.#regime;
    copy.#next = this.#next;
    return copy;
  }

  /** Walks on to a step, included. */
  to(last: number, stepper: BatesStepper, spec: PathSpec): void {
    const { severityAt, startTime, stepSeconds, grafts = [] } = spec;
    const path = this.path;
    const state = this.#state;
    const clusters = this.#clusters;
    const addJumps =
      clusters &&
      ((index: number, parameters: BatesParameters, jump: JumpDraw) =>
        clusters.step(index, this.#severity, parameters, jump));
    for (let i = this.#next; i <= last; i++) {
      if (i > 0) {
        stepper.step(state, i - 1, this.#regime, addJumps);
        state.logPrice += graftedReturn(grafts, (i - 1) * stepSeconds, stepSeconds) * this.#severity;
      }
      const next = severityAt(i * stepSeconds);
      if (next !== this.#severity) {
        const entered = regimeOf(spec, next);
        state.variance *= entered.v0 / this.#regime.v0;
        this.#severity = next;
        this.#regime = entered;
      }
      path.times[i] = startTime + i * stepSeconds;
      path.spots[i] = Math.exp(state.logPrice);
      path.variances[i] = state.variance;
      path.severities[i] = this.#severity;
      path.jumpFlags[i] = state.jump.count > 0 ? 1 : 0;
      path.jumpLogs[i] = state.jump.sum;
      path.jumpFractions[i] = state.jump.fraction;
      if (clusters !== undefined) path.excitations![i] = clusters.excited;
    }
    this.#next = last + 1;
  }
}

function regimeOf({ regimeCalm, regimeCrash, process }: PathSpec, severity: number): RegimeParameters {
  return regimeAt(regimeCalm, regimeCrash, severity, process);
}

function stepperOf(spec: PathSpec, design: DesignedJumps | undefined): BatesStepper {
  const { regimeCalm, regimeCrash, stepSeconds, random, process } = spec;
  const highestIntensity = process === "gbm" ? 0 : Math.max(regimeCalm.jumpIntensity, regimeCrash.jumpIntensity);
  return new BatesStepper(random, stepSeconds / YEAR_SECONDS, highestIntensity, design);
}

function clustersOf({ clustering, stepSeconds, random }: PathSpec): JumpClusters | undefined {
  return clustering && new JumpClusters(clustering, stepSeconds / YEAR_SECONDS, random.fork("clusters"));
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

const columns = ["times", "spots", "variances", "severities", "jumpFlags", "jumpLogs", "jumpFractions"] as const;

function emptyPath({ steps, clustering }: PathSpec): WorldPath {
  const length = steps + 1;
  return {
    times: new Float64Array(length),
    spots: new Float64Array(length),
    variances: new Float64Array(length),
    severities: new Float64Array(length),
    jumpFlags: new Uint8Array(length),
    jumpLogs: new Float64Array(length),
    jumpFractions: new Float64Array(length),
    ...(clustering && { excitations: new Float64Array(length) }),
  };
}
