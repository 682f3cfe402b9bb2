import { EigenvalueDecomposition, Matrix, QrDecomposition } from "ml-matrix";

import { ModelFitError } from "./model-fit-error.ts";

/** Rows of a linear design, row after row in one array, with target and weight of each row. */
export interface LinearDesign {
  readonly rows: Float64Array;
  readonly columns: number;
  readonly target: Float64Array;
  readonly weight: Float64Array;
}

/** Weighted normal equations of part of a design: XᵀWX (lower triangle) and XᵀWy. */
export interface NormalEquations {
  readonly gram: Float64Array;
  readonly moment: Float64Array;
}

/** Relative pivot under which normal equations have lost too many digits, and the rows themselves are decomposed. */
const SMALLEST_PIVOT = 1e-13;
/** Most steps of refinement; each gains at least two digits above the smallest pivot. */
const REFINEMENTS = 3;
/** Relative size of a correction after which no further one is wanted. */
const REFINED = 1e-9;
/** Relative size of a diagonal entry of R under which its column depends on the others. */
const RANK_TOLERANCE = 1e-11;

/**
 * Weighted normal equations of rows `from` to `to` − 1.
 *
 * The sums go four rows at a time: this is the hot loop of an experiment.
 */
export function normalEquations(design: LinearDesign, from: number, to: number): NormalEquations {
  const { rows, columns, target, weight } = design;
  const gram = new Float64Array(columns * columns);
  const moment = new Float64Array(columns);
  for (let r = from; r < to; r += 4) {
    const count = Math.min(4, to - r);
    const [o0, o1, o2, o3] = [0, 1, 2, 3].map((j) => (j < count ? r + j : r) * columns);
    const w0 = weight[r];
    const w1 = count > 1 ? weight[r + 1] : 0;
    const w2 = count > 2 ? weight[r + 2] : 0;
    const w3 = count > 3 ? weight[r + 3] : 0;
    const y0 = target[r];
    const y1 = count > 1 ? target[r + 1] : 0;
    const y2 = count > 2 ? target[r + 2] : 0;
    const y3 = count > 3 ? target[r + 3] : 0;
    for (let i = 0; i < columns; i++) {
      const a0 = w0 * rows[o0 + i];
      const a1 = w1 * rows[o1 + i];
      const a2 = w2 * rows[o2 + i];
      const a3 = w3 * rows[o3 + i];
      const line = i * columns;
      for (let j = 0; j <= i; j++) {
        gram[line + j] += a0 * rows[o0 + j] + a1 * rows[o1 + j] + a2 * rows[o2 + j] + a3 * rows[o3 + j];
      }
      moment[i] += a0 * y0 + a1 * y1 + a2 * y2 + a3 * y3;
    }
  }
  return { gram, moment };
}

/** Normal equations of two disjoint parts taken together. */
export function addEquations(a: NormalEquations, b: NormalEquations): NormalEquations {
  return { gram: a.gram.map((v, i) => v + b.gram[i]), moment: a.moment.map((v, i) => v + b.moment[i]) };
}

/**
 * Lower Cholesky factor of `gram` + `penalty` on the diagonal but for the first (intercept's) entry, or undefined when
 * a pivot is too small to trust. Kept beside the library's because an experiment factors thousands; a test holds the
 * solutions to the library's QR.
 */
export function factor(gram: Float64Array, columns: number, penalty: number): Float64Array | undefined {
  const lower = new Float64Array(columns * columns);
  for (let i = 0; i < columns; i++) {
    const lineI = i * columns;
    for (let j = 0; j <= i; j++) {
      const lineJ = j * columns;
      let sum = gram[lineI + j];
      if (i === j && i > 0) sum += penalty;
      for (let k = 0; k < j; k++) sum -= lower[lineI + k] * lower[lineJ + k];
      if (i !== j) lower[lineI + j] = sum / lower[lineJ + j];
      else if (sum > SMALLEST_PIVOT * gram[lineI + i]) lower[lineI + i] = Math.sqrt(sum);
      else return undefined;
    }
  }
  return lower;
}

/**
 * Condition number of the design behind `gram` with its columns scaled to unit length, the penalty (not on the first
 * column) added as further rows; Infinity when singular. Forming normal equations loses half the digits: above 1e7 the
 * figure tells the order of magnitude at most.
 */
export function designCondition(gram: Float64Array, columns: number, penalty = 0): number {
  const entry = (i: number, j: number) =>
    gram[Math.max(i, j) * columns + Math.min(i, j)] + (i === j && i > 0 ? penalty : 0);
  const scaled = new Matrix(columns, columns);
  for (let i = 0; i < columns; i++) {
    for (let j = 0; j < columns; j++) scaled.set(i, j, entry(i, j) / Math.sqrt(entry(i, i) * entry(j, j)));
  }
  const values = new EigenvalueDecomposition(scaled, { assumeSymmetric: true }).realEigenvalues;
  const least = Math.min(...values);
  return least > 0 ? Math.sqrt(Math.max(...values) / least) : Infinity;
}

/** Solves L Lᵀ x = b. */
export function solveFactored(lower: Float64Array, b: Float64Array): Float64Array {
  const columns = b.length;
  const x = Float64Array.from(b);
  for (let i = 0; i < columns; i++) {
    let sum = x[i];
    for (let k = 0; k < i; k++) sum -= lower[i * columns + k] * x[k];
    x[i] = sum / lower[i * columns + i];
  }
  for (let i = columns - 1; i >= 0; i--) {
    const value = x[i] / lower[i * columns + i];
    x[i] = value;
    for (let k = 0; k < i; k++) x[k] -= lower[i * columns + k] * value;
  }
  return x;
}

/**
 * Least-squares coefficients of rows `from` to `to` − 1 by Cholesky factor with steps of refinement on the residuals
 * of the rows themselves (corrected seminormal equations, Björck 1987), which restores the accuracy that forming the
 * normal equations loses; by QR of the rows where even that would not do.
 * @throws {ModelFitError} when the columns are linearly dependent
 */
export function leastSquares(
  model: string,
  design: LinearDesign,
  equations: NormalEquations,
  from: number,
  to: number,
): Float64Array {
  const { rows, columns, target, weight } = design;
  const lower = factor(equations.gram, columns, 0);
  if (lower === undefined) return leastSquaresByRows(model, design, from, to);
  const x = solveFactored(lower, equations.moment);
  for (let step = 0; step < REFINEMENTS; step++) {
    const moment = new Float64Array(columns);
    for (let r = from; r < to; r++) {
      const residual = weight[r] * (target[r] - dot(rows, r * columns, x));
      for (let i = 0; i < columns; i++) moment[i] += residual * rows[r * columns + i];
    }
    const correction = solveFactored(lower, moment);
    for (let i = 0; i < columns; i++) x[i] += correction[i];
    if (largest(correction) <= REFINED * largest(x)) break;
  }
  return x;
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/** Σ rows[offset + i] · x[i]. */
export function dot(rows: Float64Array, offset: number, x: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += rows[offset + i] * x[i];
  return sum;
}

function leastSquaresByRows(model: string, design: LinearDesign, from: number, to: number): Float64Array {
  const { rows, columns, target, weight } = design;
  const matrix = new Matrix(to - from, columns);
  const right = new Matrix(to - from, 1);
  for (let r = from; r < to; r++) {
    const scale = Math.sqrt(weight[r]);
    for (let i = 0; i < columns; i++) matrix.set(r - from, i, scale * rows[r * columns + i]);
    right.set(r - from, 0, scale * target[r]);
  }
  if (to - from < columns) throw new ModelFitError(model, `fewer quotes than its ${columns} terms`, whereOf(from, to));
  const decomposition = new QrDecomposition(matrix);
  const diagonal = decomposition.upperTriangularMatrix.diagonal().map(Math.abs);
  const rank = diagonal.filter((value) => value > RANK_TOLERANCE * Math.max(...diagonal)).length;
  if (rank < columns) {
    throw new ModelFitError(
      model,
      `singular design, ${columns} terms of which ${rank} can be told apart`,
      whereOf(from, to),
    );
  }
  return Float64Array.from(decomposition.solve(right).to1DArray());
}

function whereOf(from: number, to: number): string {
  return `quotes ${from} to ${to - 1}`;
}
