import { factor, solveFactored } from "./least-squares.ts";
import type { NormalEquations } from "./least-squares.ts";

/** A weighted least-squares problem with standardised columns; the first column, the intercept, is taken out. */
export interface StandardisedProblem {
  /** Correlations of the columns, row after row; 0 throughout for a column that never varies. */
  readonly correlation: Float64Array;
  /** Covariance of each standardised column with the target. */
  readonly covariance: Float64Array;
  /** Variance of the target. */
  readonly variance: number;
  /** Weighted mean and standard deviation of each column, and the mean of the target. */
  readonly mean: Float64Array;
  readonly sd: Float64Array;
  readonly targetMean: number;
}

/** `strength` × (mix × Σ|bⱼ| + (1 − mix)/2 × Σbⱼ²); mix 1 is the lasso. */
export interface Penalty {
  readonly strength: number;
  readonly mix: number;
}

/** A minimum, with how far it is from satisfying its optimality conditions. */
export interface ElasticNetSolution {
  /** Of the standardised columns. */
  readonly coefficients: Float64Array;
  /** Largest violation of the Karush–Kuhn–Tucker conditions, as a share of `strength` × `mix`. */
  readonly violation: number;
  /** Primal less dual objective: at least how much could still be gained, as a share of the target's variance. */
  readonly gap: number;
  readonly rounds: number;
}

/** Relative standard deviation below which a column is taken as constant. */
const FLAT = 1e-9;

/** Largest violation and gap of a solution that is called converged. */
export const KKT_TOLERANCE = 1e-6;
export const GAP_TOLERANCE = 1e-8;

/** Sweeps over the active columns in a round, before the active set is solved exactly. */
const SWEEPS = 5;
/** A round either ends at the optimum or strictly lowers the objective; far fewer are needed than this. */
const ROUNDS = 500;

/**
 * Centres and scales normal equations whose first column is the intercept.
 * @param squares - Σ w y² of the same rows
 */
export function standardise({ gram, moment }: NormalEquations, squares: number): StandardisedProblem {
  const all = moment.length;
  const columns = all - 1;
  const weight = gram[0];
  const targetMean = moment[0] / weight;
  const mean = new Float64Array(columns);
  const sd = new Float64Array(columns);
  for (let j = 0; j < columns; j++) {
    mean[j] = gram[(j + 1) * all] / weight;
    const square = gram[(j + 1) * all + j + 1] / weight;
    const variance = square - mean[j] * mean[j];
    sd[j] = variance > FLAT * FLAT * square ? Math.sqrt(variance) : 0;
  }
  const correlation = new Float64Array(columns * columns);
  const covariance = new Float64Array(columns);
  for (let i = 0; i < columns; i++) {
    if (sd[i] === 0) continue;
    covariance[i] = (moment[i + 1] / weight - mean[i] * targetMean) / sd[i];
    for (let j = 0; j <= i; j++) {
      if (sd[j] === 0) continue;
      const value = (gram[(i + 1) * all + j + 1] / weight - mean[i] * mean[j]) / (sd[i] * sd[j]);
      correlation[i * columns + j] = value;
      correlation[j * columns + i] = value;
    }
  }
  return { correlation, covariance, variance: squares / weight - targetMean * targetMean, mean, sd, targetMean };
}

/** Coefficients of the columns as they came, the intercept first. */
export function unstandardise(problem: StandardisedProblem, coefficients: Float64Array): Float64Array {
  const { mean, sd, targetMean } = problem;
  const own = new Float64Array(coefficients.length + 1);
  own[0] = targetMean;
  for (let j = 0; j < coefficients.length; j++) {
    if (coefficients[j] === 0) continue;
    own[j + 1] = coefficients[j] / sd[j];
    own[0] -= own[j + 1] * mean[j];
  }
  return own;
}

/** The smallest strength at which every coefficient is zero: max |covarianceⱼ| / mix. */
export function largestStrength({ covariance }: StandardisedProblem, mix: number): number {
  return covariance.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / mix;
}

/**
 * Minimises (1/2n)‖y − Xb‖² + strength (mix ‖b‖₁ + (1 − mix)/2 ‖b‖²) by cyclic coordinate descent with covariance
 * updates on an active set (Friedman, Hastie & Tibshirani 2010). Descent alone crawls where columns are nearly
 * collinear, so that each round ends with the exact minimum on the active columns under their present signs, or the
 * point on the way to it where the first coefficient meets zero (Lee et al. 2006, "Efficient sparse coding
 * algorithms", feature-sign search): the objective falls at each step, so that no pattern of signs comes twice.
 * @param start - where to begin: the solution at a larger strength
 */
export function elasticNet(problem: StandardisedProblem, penalty: Penalty, start: Float64Array): ElasticNetSolution {
  const state = { coefficients: start.slice(), gradient: new Float64Array(start.length) };
  refreshGradient(problem, state);
  let rounds = 0;
  for (;;) {
    const violation = violationOf(problem, penalty, state);
    const gap = dualityGap(problem, penalty, state);
    if ((violation <= KKT_TOLERANCE && gap <= GAP_TOLERANCE) || rounds === ROUNDS) {
      return { coefficients: state.coefficients, violation, gap, rounds };
    }
    sweep(problem, penalty, state, false);
    for (let i = 0; i < SWEEPS; i++) sweep(problem, penalty, state, true);
    solveActive(problem, penalty, state);
    refreshGradient(problem, state);
    rounds++;
  }
}

/** Coefficients with covariance − correlation × coefficients, the gradient of the fit. */
interface DescentState {
  readonly coefficients: Float64Array;
  readonly gradient: Float64Array;
}

/** One pass of soft-thresholding, over the active columns or over all. */
function sweep(
  { correlation, sd }: StandardisedProblem,
  { strength, mix }: Penalty,
  { coefficients, gradient }: DescentState,
  isActiveOnly: boolean,
): void {
  const columns = coefficients.length;
  const threshold = strength * mix;
  const shrinkage = 1 + strength * (1 - mix);
  for (let j = 0; j < columns; j++) {
    const old = coefficients[j];
    if (sd[j] === 0 || (isActiveOnly && old === 0)) continue;
    const pull = gradient[j] + old;
    const next =
      pull > threshold ? (pull - threshold) / shrinkage : pull < -threshold ? (pull + threshold) / shrinkage : 0;
    if (next === old) continue;
    coefficients[j] = next;
    const step = next - old;
    const line = j * columns;
    for (let i = 0; i < columns; i++) gradient[i] -= step * correlation[line + i];
  }
}

/** Moves to the minimum on the active columns under their signs, dropping columns whose sign would turn on the way. */
function solveActive(
  { correlation, covariance }: StandardisedProblem,
  { strength, mix }: Penalty,
  state: DescentState,
) {
  const { coefficients } = state;
  const columns = coefficients.length;
  for (;;) {
    const active = activeColumns(coefficients);
    const size = active.length;
    if (size === 0) return;
    const gram = new Float64Array(size * size);
    const right = new Float64Array(size);
    active.forEach((column, i) => {
      right[i] = covariance[column] - strength * mix * Math.sign(coefficients[column]);
      for (let j = 0; j <= i; j++) gram[i * size + j] = correlation[column * columns + active[j]];
      gram[i * size + i] += strength * (1 - mix);
    });
    const lower = factor(gram, size, 0);
    // Columns that cannot be told apart: descent goes on alone.
    if (lower === undefined) return;
    const goal = solveFactored(lower, right);
    let share = 1;
    let first = -1;
    active.forEach((column, i) => {
      const from = coefficients[column];
      if (Math.sign(goal[i]) === Math.sign(from)) return;
      const meets = from / (from - goal[i]);
      if (meets < share || first < 0) [share, first] = [meets, column];
    });
    active.forEach((column, i) => (coefficients[column] += share * (goal[i] - coefficients[column])));
    if (first < 0) return;
    coefficients[first] = 0;
  }
}

function refreshGradient({ correlation, covariance }: StandardisedProblem, { coefficients, gradient }: DescentState) {
  const columns = coefficients.length;
  gradient.set(covariance);
  for (const j of activeColumns(coefficients)) {
    for (let i = 0; i < columns; i++) gradient[i] -= coefficients[j] * correlation[j * columns + i];
  }
}

function activeColumns(coefficients: Float64Array): number[] {
  const active: number[] = [];
  coefficients.forEach((value, column) => {
    if (value !== 0) active.push(column);
  });
  return active;
}

function violationOf(
  { sd }: StandardisedProblem,
  { strength, mix }: Penalty,
  { coefficients, gradient }: DescentState,
): number {
  const threshold = strength * mix;
  let worst = 0;
  for (let j = 0; j < coefficients.length; j++) {
    if (sd[j] === 0) continue;
    const value = coefficients[j];
    const slope = gradient[j] - strength * (1 - mix) * value;
    const violation = value === 0 ? Math.abs(slope) - threshold : Math.abs(slope - threshold * Math.sign(value));
    worst = Math.max(worst, violation);
  }
  return worst / threshold;
}

/** The gap to the dual point that scaling the residuals into the feasible set gives, as a share of the variance. */
function dualityGap(
  { covariance, variance }: StandardisedProblem,
  { strength, mix }: Penalty,
  { coefficients, gradient }: DescentState,
): number {
  const quadratic = strength * (1 - mix);
  let [absolute, squares, explained, residual, steepest] = [0, 0, 0, variance, 0];
  for (let j = 0; j < coefficients.length; j++) {
    const value = coefficients[j];
    absolute += Math.abs(value);
    squares += value * value;
    explained += covariance[j] * value;
    // ‖y − Xb‖²/n = var − bᵀc − bᵀ(c − Gb)
    residual -= value * (covariance[j] + gradient[j]);
    steepest = Math.max(steepest, Math.abs(gradient[j] - quadratic * value));
  }
  const scale = steepest > strength * mix ? (strength * mix) / steepest : 1;
  const primal = residual / 2 + strength * mix * absolute + (quadratic / 2) * squares;
  const dual = scale * (variance - explained) - ((scale * scale) / 2) * (residual + quadratic * squares);
  return (primal - dual) / variance;
}
