import { checkSurface } from "./bates-calibration.ts";
import type { BatesState, Coordinate } from "./bates-coordinates.ts";
import { activeBounds, batesCoordinates, hestonCoordinates, toCoordinates, toState } from "./bates-coordinates.ts";
import { BatesSurface } from "./bates-surface.ts";
import type { SmileQuotes } from "./calibration-input-error.ts";
import { CalibrationInputError } from "./calibration-input-error.ts";
import { conditionOf } from "./condition-number.ts";
import type { DifferentiableModel } from "./levenberg-marquardt.ts";
import { fitLeastSquares } from "./levenberg-marquardt.ts";

/** Structural parameters that several surfaces share, and the variance that each was quoted at. */
export interface JointCalibration {
  /** With the variance of the start. */
  readonly parameters: BatesState;
  /** Annualised, by surface. */
  readonly variances: readonly number[];
  /** Root of the mean squared error over all surfaces, in vol. */
  readonly rmse: number;
  /** Bounds that hold a structural parameter. */
  readonly activeBounds: readonly string[];
  /** Of the vols' derivatives in the logits of the structural parameters and in each surface's variance. */
  readonly condition: number;
}

const STEP = 1e-5;
const TOLERANCE = 1e-4;
const MOST_STEPS = 40;

/**
 * Heston's or Bates's structural parameters that fit surfaces of several days best, each with a variance of its own, by
 * Levenberg–Marquardt in vol. How term structure and skew move with the level tells speed of reversion and long-run
 * variance apart, which one surface does not.
 *
 * A surface's errors depend on no other's variance: all variances are nudged at once for their derivatives.
 * @param surfaces - of different days, each by rising tenor
 * @param start - structural parameters to start from, and a variance
 * @throws {CalibrationInputError} naming surface, quote and tenor, or with fewer quotes than parameters
 * @see Christoffersen, Heston & Jacobs (2009), "The shape and term structure of the index option smirk", section 3.1, for
 * structural parameters fitted jointly with a variance for each day
 */
export function calibrateJointly(
  model: "Heston" | "Bates",
  surfaces: readonly (readonly SmileQuotes[])[],
  start: BatesState,
): JointCalibration {
  return new JointFit(model, surfaces, start).calibration();
}

class JointFit {
  readonly #surfaces: readonly (readonly SmileQuotes[])[];
  readonly #fast: readonly BatesSurface[];
  readonly #coordinates: readonly Coordinate[];
  readonly #start: BatesState;
  readonly #targets: Float64Array;
  readonly #weights: Float64Array;
  /** First quote of each surface, and the number of all. */
  readonly #from: readonly number[];

  constructor(model: string, surfaces: readonly (readonly SmileQuotes[])[], start: BatesState) {
    this.#coordinates = (model === "Heston" ? hestonCoordinates : batesCoordinates).filter(
      ([name]) => name !== "variance",
    );
    if (surfaces.length === 0) throw new CalibrationInputError(model, "no surface", "joint calibration");
    for (const slices of surfaces) checkSurface(model, slices, this.#coordinates.length + 1);
    if (!(start.variance > 0 && start.variance < Infinity)) {
      throw new CalibrationInputError(model, `a start with the variance ${start.variance}`, "joint calibration");
    }
    this.#surfaces = surfaces;
    this.#start = start;
    this.#fast = surfaces.map((slices) => new BatesSurface(slices));
    this.#targets = Float64Array.from(surfaces.flatMap((slices) => slices.flatMap(({ vols }) => Array.from(vols))));
    this.#weights = Float64Array.from(
      surfaces.flatMap((slices) =>
        slices.flatMap(({ vols, weights }) => Array.from(vols, (_, i) => weights?.[i] ?? 1)),
      ),
    );
    const from = [0];
    for (const slices of surfaces)
      from.push(from[from.length - 1] + slices.reduce((sum, { vols }) => sum + vols.length, 0));
    this.#from = from;
  }

  calibration(): JointCalibration {
    const structure = toCoordinates(this.#start, this.#coordinates);
    const first = this.#surfaces.map((slices) => Math.log(startingVariance(slices, this.#start)));
    const start = [...structure, ...first];
    this.#setIntervals(start);
    const fit = fitLeastSquares(this.#model, this.#targets, this.#weights, start, {
      tolerance: TOLERANCE,
      iterations: MOST_STEPS,
    });
    if (!Number.isFinite(fit.error)) {
      throw new CalibrationInputError("joint calibration", "the start has no finite error", "all surfaces");
    }
    const rows = this.#model.jacobian(fit.parameters);
    const total = this.#weights.reduce((sum, weight) => sum + weight, 0);
    return {
      parameters: { ...toState(fit.parameters, this.#coordinates), variance: this.#start.variance },
      variances: fit.parameters.slice(structure.length).map(Math.exp),
      rmse: Math.sqrt(fit.error / total),
      activeBounds: activeBounds(fit.parameters, this.#coordinates),
      condition: conditionOf(
        Array.from(this.#targets, (_, i) => rows.map((row) => row[i] * Math.sqrt(this.#weights[i]))),
      ),
    };
  }

  #setIntervals(x: ArrayLike<number>): void {
    const structure = toState(x, this.#coordinates);
    this.#fast.forEach((surface, d) => surface.setIntervals(structure, Math.exp(x[this.#coordinates.length + d])));
  }

  readonly #values = (x: ArrayLike<number>): Float64Array => {
    const structure = toState(x, this.#coordinates);
    const vols = new Float64Array(this.#targets.length);
    this.#fast.forEach((surface, d) => {
      vols.set(surface.vols(structure, Math.exp(x[this.#coordinates.length + d])), this.#from[d]);
    });
    return vols;
  };

  readonly #model: DifferentiableModel = {
    values: this.#values,
    jacobian: (x) => {
      this.#setIntervals(x);
      const base = this.#values(x);
      const structural = this.#coordinates.map((_, j) => this.#slopes(x, base, (i) => i === j));
      const all = this.#slopes(x, base, (i) => i >= this.#coordinates.length);
      const variances = this.#surfaces.map((_, d) => {
        return all.map((slope, i) => (i >= this.#from[d] && i < this.#from[d + 1] ? slope : 0));
      });
      return [...structural, ...variances];
    },
  };

  #slopes(x: ArrayLike<number>, base: Float64Array, isMoved: (coordinate: number) => boolean): Float64Array {
    const there = this.#values(Float64Array.from(x, (value, i) => (isMoved(i) ? value + STEP : value)));
    return there.map((value, i) => (value - base[i]) / STEP);
  }
}

/** The first tenor's vol at the money squared, less what the start's jumps bring, but no less than a quarter of it. */
function startingVariance([{ logMoneyness, vols }]: readonly SmileQuotes[], start: BatesState): number {
  let nearest = 0;
  for (let i = 1; i < vols.length; i++) {
    if (Math.abs(logMoneyness[i]) < Math.abs(logMoneyness[nearest])) nearest = i;
  }
  const level = vols[nearest] ** 2;
  const brought = start.jumpIntensity * (start.jumpMean ** 2 + start.jumpSd ** 2);
  return Math.max(level - brought, 0.25 * level);
}
