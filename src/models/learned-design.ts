import type { LinearPosterior } from "./bayesian-regression.ts";
import {
  coefficientVariance,
  intraclassCorrelation,
  linearPosterior,
  mostEvident,
  weightedSquares,
  whitened,
} from "./bayesian-regression.ts";
import type { InputScaler } from "./learned-inputs.ts";
import { LEARNED_INPUTS, learnedInputs } from "./learned-inputs.ts";
import { designCondition, dot, normalEquations, solveFactored } from "./least-squares.ts";
import type { LinearDesign } from "./least-squares.ts";
import { gridEnd } from "./polynomial.ts";
import type { FeatureTable, FitDiagnostics } from "./pricing-model.ts";

/** Prior precisions that the evidence chooses among, in units of one quote. */
const PRECISIONS = [1e-4, 1e-3, 1e-2, 0.1, 1, 10, 100, 1000] as const;

/** Products beyond the inputs themselves, as positions: of moneyness x, √τ and the realised vols. */
export const learnedProducts: readonly (readonly number[])[] = [
  [0, 0],
  [0, 1],
  [1, 1],
  [0, 0, 1],
  [0, 2],
  [0, 3],
  [0, 0, 0],
];

export const LEARNED_COLUMNS = 1 + LEARNED_INPUTS + learnedProducts.length;

/** Rows of the design: 1, the standardised inputs, their products. */
export function learnedRows(at: FeatureTable, scaler: InputScaler): Float64Array {
  const inputs = learnedInputs(at, scaler);
  const rows = new Float64Array(at.count * LEARNED_COLUMNS);
  for (let row = 0; row < at.count; row++) {
    const from = row * LEARNED_INPUTS;
    let to = row * LEARNED_COLUMNS;
    rows[to++] = 1;
    for (let i = 0; i < LEARNED_INPUTS; i++) rows[to++] = inputs[from + i];
    for (const factors of learnedProducts) rows[to++] = factors.reduce((product, i) => product * inputs[from + i], 1);
  }
  return rows;
}

/** Posterior on rows before `to`, whose errors share as much within a moment as a first fit's residuals do. */
export function learnedPosterior(
  model: string,
  design: LinearDesign,
  moments: Float64Array,
  to: number,
): LinearPosterior {
  const equations = normalEquations(design, 0, to);
  const first = linearPosterior(model, equations, weightedSquares(design, to), to, PRECISIONS[0]);
  const residuals = Float64Array.from({ length: to }, (_, row) => {
    return design.target[row] - dot(design.rows, row * LEARNED_COLUMNS, first.mean);
  });
  const independent = whitened(design, moments, intraclassCorrelation(residuals, moments), to);
  return mostEvident(model, normalEquations(independent, 0, to), weightedSquares(independent, to), to, PRECISIONS);
}

/** Variance of a target at a row: the coefficients' and the noise's. */
export function predictiveVariance(posterior: LinearPosterior, values: Float64Array): number {
  return coefficientVariance(posterior, values) + posterior.noiseVariance;
}

/** Diagnostics of a posterior on these rows. */
export function learnedDiagnostics(posterior: LinearPosterior): FitDiagnostics {
  return {
    degreesOfFreedom: degreesOfFreedom(posterior),
    boundsActive: gridEnd(PRECISIONS, posterior.precision),
    conditionNumber: designCondition(gramOf(posterior), LEARNED_COLUMNS),
  };
}

/** XᵀX + λI out of its factor. */
function gramOf({ lower }: LinearPosterior): Float64Array {
  const gram = new Float64Array(LEARNED_COLUMNS * LEARNED_COLUMNS);
  for (let i = 0; i < LEARNED_COLUMNS; i++) {
    for (let j = 0; j <= i; j++) {
      for (let k = 0; k <= j; k++)
        gram[i * LEARNED_COLUMNS + j] += lower[i * LEARNED_COLUMNS + k] * lower[j * LEARNED_COLUMNS + k];
    }
  }
  return gram;
}

/** trace of (XᵀX + λI)⁻¹ XᵀX; a constant input adds none. */
function degreesOfFreedom({ lower, precision }: LinearPosterior): number {
  let penalised = 0;
  for (let i = 1; i < LEARNED_COLUMNS; i++) {
    const unit = new Float64Array(LEARNED_COLUMNS);
    unit[i] = 1;
    penalised += precision * solveFactored(lower, unit)[i];
  }
  return LEARNED_COLUMNS - penalised;
}
