import { levenbergMarquardt } from "ml-levenberg-marquardt";

/** Model values at all data points, and their derivatives in each parameter, one row per parameter. */
export interface DifferentiableModel {
  values(parameters: ArrayLike<number>): Float64Array;
  jacobian(parameters: ArrayLike<number>): readonly Float64Array[];
}

/** Where a fit ended. */
export interface LeastSquaresFit {
  readonly parameters: readonly number[];
  /** Weighted sum of squared errors. */
  readonly error: number;
  readonly iterations: number;
  /** False when the budget of iterations ended first. */
  readonly converged: boolean;
}

/** When a fit ends. */
export interface FitLimits {
  /** Relative gain of an accepted step that is the last one worth taking. */
  readonly tolerance?: number;
  /** Error at which nothing more is asked for. */
  readonly enough?: number;
  /** Most steps tried. */
  readonly iterations?: number;
}

const START_DAMPING = 1e-2;
const LEAST_DAMPING = 1e-9;
const LARGEST_DAMPING = 1e8;

/**
 * Weighted least squares by Levenberg–Marquardt steps.
 *
 * The library takes each damped Gauss–Newton step and keeps the better end; since it neither steps back from a worse
 * one nor stops where nothing improves, steps are asked of it one at a time, from the best point so far, with the
 * damping relative to the curvature. Ends when an accepted step gains less than `tolerance` of the error, or none can
 * be found. Unchecked, for calibrations, which check their quotes. A point where the model has no value is refused like a worse one.
 * @param weights - of each squared error, positive
 * @returns an error of Infinity when the start itself has no value
 * @see Marquardt (1963), "An algorithm for least-squares estimation of nonlinear parameters"
 */
export function fitLeastSquares(
  model: DifferentiableModel,
  targets: ArrayLike<number>,
  weights: ArrayLike<number>,
  start: readonly number[],
  { tolerance = 1e-10, enough = 0, iterations: budget = 60 }: FitLimits = {},
): LeastSquaresFit {
  // Errors are scaled by the root of their weight here: the library weights its steps and its error differently.
  const roots = Float64Array.from(weights, Math.sqrt);
  const data = { x: Float64Array.from(targets, (_, i) => i), y: roots.map((root, i) => root * targets[i]) };
  const memo = new LastTwo((at) => model.values(at).map((value, i) => roots[i] * value));
  const errorAt = (at: ArrayLike<number>): number =>
    memo.values(at).reduce((sum, value, i) => sum + (value - data.y[i]) ** 2, 0);
  let parameters: readonly number[] = start;
  let error = errorAt(start);
  if (!Number.isFinite(error)) return { parameters, error: Infinity, iterations: 0, converged: false };
  let damping = START_DAMPING;
  let iterations = 0;
  let rows: readonly Float64Array[] = [];
  let isFresh = false;
  for (; iterations < budget; iterations++) {
    if (!isFresh) rows = model.jacobian(parameters).map((row) => row.map((slope, i) => roots[i] * slope));
    isFresh = true;
    const curvature = meanCurvature(rows);
    // At the edge of where the model has values there may be no slope.
    if (!Number.isFinite(curvature)) return { parameters, error, iterations, converged: false };
    const { parameterValues } = levenbergMarquardt(
      data,
      (at) => {
        const values = memo.values(at);
        return (i) => values[i];
      },
      {
        initialValues: parameters,
        damping: damping * Math.max(curvature, Number.MIN_VALUE),
        maxIterations: 1,
        // Below any error, so that the best of start and end comes back.
        errorTolerance: -Number.MIN_VALUE,
        jacobianFunction: () => (i) => rows.map((row) => row[i]),
      },
    );
    const next = errorAt(parameterValues);
    if (!(next < error)) {
      damping *= 8;
      if (damping > LARGEST_DAMPING) return { parameters, error, iterations, converged: true };
      continue;
    }
    const gain = error - next;
    parameters = parameterValues;
    isFresh = false;
    damping = Math.max(LEAST_DAMPING, damping / 6);
    const isEnd = gain <= tolerance * error || next <= enough;
    error = next;
    if (isEnd) return { parameters, error, iterations, converged: true };
  }
  return { parameters, error, iterations, converged: false };
}

/** Derivatives of a model by forward differences of `step` in every parameter, good to about its size. Unchecked. */
export function forwardDifferences(
  values: (parameters: ArrayLike<number>) => Float64Array,
  parameters: ArrayLike<number>,
  step: number,
): Float64Array[] {
  const base = values(parameters).slice();
  return Array.from({ length: parameters.length }, (_, j) => {
    const moved = Float64Array.from(parameters);
    moved[j] += step;
    const there = values(moved);
    return base.map((value, i) => (there[i] - value) / step);
  });
}

function meanCurvature(rows: readonly Float64Array[]): number {
  let sum = 0;
  for (const row of rows) for (const slope of row) sum += slope * slope;
  return sum / rows.length;
}

/** The library asks for the values at a step's start and end one point at a time and more than once. */
class LastTwo {
  readonly #compute: (parameters: ArrayLike<number>) => Float64Array;
  #keys: [Float64Array, Float64Array] = [new Float64Array(0), new Float64Array(0)];
  #values: [Float64Array, Float64Array] = [new Float64Array(0), new Float64Array(0)];

  constructor(compute: (parameters: ArrayLike<number>) => Float64Array) {
    this.#compute = compute;
  }

  values(parameters: ArrayLike<number>): Float64Array {
    const known = this.#keys.findIndex(
      (key) => key.length === parameters.length && key.every((value, i) => value === parameters[i]),
    );
    if (known >= 0) return this.#values[known];
    const values = this.#compute(parameters);
    this.#keys = [Float64Array.from(parameters), this.#keys[0]];
    this.#values = [values, this.#values[0]];
    return values;
  }
}
