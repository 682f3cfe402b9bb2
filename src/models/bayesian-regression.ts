import { factor, solveFactored } from "./least-squares.ts";
import { ModelFitError } from "./model-fit-error.ts";
import type { LinearDesign, NormalEquations } from "./least-squares.ts";

/**
 * Posterior of a linear regression under the conjugate prior: coefficients N(0, σ²/λ) but for a free intercept (the
 * first column), σ² inverse gamma.
 */
export interface LinearPosterior {
  readonly mean: Float64Array;
  /** Lower Cholesky factor of XᵀX + λI; the coefficients' covariance is σ² times its inverse. */
  readonly lower: Float64Array;
  /** Posterior mean of σ². */
  readonly noiseVariance: number;
  /** λ, the prior's precision in units of 1/σ². */
  readonly precision: number;
  /** Log evidence up to what does not depend on λ. */
  readonly evidence: number;
}

/** Shape and scale of the prior of σ²: worth two observations of standard deviation 1e-4. */
const PRIOR_SHAPE = 1;
const PRIOR_SCALE = 1e-8;

/**
 * Closed-form posterior from normal equations.
 * @param squares - Σ w y²
 * @param observations - number of rows
 * @throws {ModelFitError} when columns cannot be told apart in spite of the prior
 * @see Bishop (2006), section 3.3 and exercise 3.12; Gelman et al. (2013), "Bayesian Data Analysis", section 14.2
 */
export function linearPosterior(
  model: string,
  { gram, moment }: NormalEquations,
  squares: number,
  observations: number,
  precision: number,
): LinearPosterior {
  const columns = moment.length;
  const lower = factor(gram, columns, precision);
  if (lower === undefined) {
    throw new ModelFitError(model, `singular design under prior precision ${precision}`, `${columns} columns`);
  }
  const mean = solveFactored(lower, moment);
  let explained = 0;
  let logDeterminant = 0;
  for (let i = 0; i < columns; i++) {
    explained += mean[i] * moment[i];
    logDeterminant += 2 * Math.log(lower[i * columns + i]);
  }
  // The flat intercept takes one observation.
  const shape = PRIOR_SHAPE + (observations - 1) / 2;
  const scale = PRIOR_SCALE + Math.max(0, squares - explained) / 2;
  const evidence = ((columns - 1) * Math.log(precision) - logDeterminant) / 2 - shape * Math.log(scale);
  return { mean, lower, noiseVariance: scale / (shape - 1), precision, evidence };
}

/** The posterior with the largest evidence among the given precisions. */
export function mostEvident(
  model: string,
  equations: NormalEquations,
  squares: number,
  observations: number,
  precisions: readonly number[],
): LinearPosterior {
  return precisions
    .map((precision) => linearPosterior(model, equations, squares, observations, precision))
    .reduce((a, b) => (b.evidence > a.evidence ? b : a));
}

/** Variance of the regression at `row` from the coefficients' uncertainty alone, without noise: σ² rᵀ(XᵀX + λI)⁻¹r. */
export function coefficientVariance({ lower, noiseVariance }: LinearPosterior, row: Float64Array): number {
  const columns = row.length;
  const half = new Float64Array(columns);
  let sum = 0;
  for (let i = 0; i < columns; i++) {
    let value = row[i];
    for (let k = 0; k < i; k++) value -= lower[i * columns + k] * half[k];
    half[i] = value / lower[i * columns + i];
    sum += half[i] * half[i];
  }
  return noiseVariance * sum;
}

/** Intraclass correlations are kept below this, so that quotes of a moment still tell of its smile. */
const LARGEST_CORRELATION = 0.999;

/**
 * Share of the residuals' variance that rows of a group have in common, by analysis of variance, in [0, 0.999].
 * @param group - of each row, rows of a group together
 * @see Searle, Casella & McCulloch (1992), "Variance components", section 3.6
 */
export function intraclassCorrelation(residuals: Float64Array, group: ArrayLike<number>): number {
  const count = residuals.length;
  let groups = 0;
  let within = 0;
  let between = 0;
  for (let from = 0; from < count; groups++) {
    const to = groupEnd(group, from, count);
    let sum = 0;
    for (let row = from; row < to; row++) sum += residuals[row];
    const mean = sum / (to - from);
    between += (to - from) * mean * mean;
    for (let row = from; row < to; row++) within += (residuals[row] - mean) ** 2;
    from = to;
  }
  const size = count / groups;
  if (groups < 2 || !(size > 1)) return 0;
  const meanBetween = between / (groups - 1);
  const meanWithin = within / (count - groups);
  const total = meanBetween + (size - 1) * meanWithin;
  return total > 0 ? Math.min(LARGEST_CORRELATION, Math.max(0, (meanBetween - meanWithin) / total)) : 0;
}

/**
 * Rows before `to` of a design whose errors have variance σ² and correlation ρ within a group, transformed so that they
 * are independent with variance σ²: z ↦ (z − θ z̄)/√(1 − ρ), θ = 1 − √((1 − ρ)/(1 − ρ + mρ)), m rows in the group and z̄
 * their mean. What differs within a moment is then learned from all of its quotes, its level as from one.
 * @see Fuller & Battese (1973), "Transformations for estimation of linear models with nested-error structure"
 */
export function whitened(
  design: LinearDesign,
  group: ArrayLike<number>,
  correlation: number,
  to: number,
): LinearDesign {
  const { columns } = design;
  const rows = design.rows.slice(0, to * columns);
  const target = design.target.slice(0, to);
  const scale = 1 / Math.sqrt(1 - correlation);
  const transform = (values: Float64Array, from: number, end: number, step: number, column: number) => {
    const size = end - from;
    const share = 1 - Math.sqrt((1 - correlation) / (1 - correlation + size * correlation));
    let sum = 0;
    for (let row = from; row < end; row++) sum += values[row * step + column];
    for (let row = from; row < end; row++) {
      values[row * step + column] = scale * (values[row * step + column] - (share * sum) / size);
    }
  };
  for (let from = 0; from < to; from = groupEnd(group, from, to)) {
    const end = groupEnd(group, from, to);
    for (let column = 0; column < columns; column++) transform(rows, from, end, columns, column);
    transform(target, from, end, 1, 0);
  }
  return { rows, columns, target, weight: design.weight };
}

function groupEnd(group: ArrayLike<number>, from: number, count: number): number {
  let to = from;
  while (to < count && group[to] === group[from]) to++;
  return to;
}

/** Σ w y² of rows before `to`. */
export function weightedSquares({ target, weight }: Pick<LinearDesign, "target" | "weight">, to: number): number {
  let sum = 0;
  for (let row = 0; row < to; row++) sum += weight[row] * target[row] * target[row];
  return sum;
}
