import {
  coefficientVariance,
  designEffect,
  linearPosterior,
  mostEvident,
  temper,
  weightedSquares,
} from "./bayesian-regression.ts";
import type { LinearPosterior } from "./bayesian-regression.ts";
import { checkCalm, splitCalm, summarise } from "./calm-split.ts";
import { freeze } from "./frozen-model.ts";
import type { InputScaler } from "./learned-inputs.ts";
import { fitInputScaler, LEARNED_INPUTS, learnedInputNames, learnedInputs, learnedUses } from "./learned-inputs.ts";
import { designCondition, dot, normalEquations, solveFactored } from "./least-squares.ts";
import type { LinearDesign } from "./least-squares.ts";
import { gridEnd } from "./polynomial.ts";
import type { FeatureTable, PricingModel, QuoteSet } from "./pricing-model.ts";
import { unitWeights, widening } from "./validation.ts";

const NAME = "bayesian-linear";

/** Prior precisions that the evidence chooses among, in units of one effective quote. */
const PRECISIONS = [1e-4, 1e-3, 1e-2, 0.1, 1, 10, 100, 1000] as const;

/** Products beyond the inputs themselves, as positions: of moneyness x, √τ and the realised vols. */
const PRODUCTS: readonly (readonly number[])[] = [
  [0, 0],
  [0, 1],
  [1, 1],
  [0, 0, 1],
  [0, 2],
  [0, 3],
  [0, 0, 0],
];

const COLUMNS = 1 + LEARNED_INPUTS + PRODUCTS.length;

/**
 * Conjugate Bayesian regression of ln vol on all public features and a few products. The likelihood is tempered by the
 * design effect of quotes that share a moment; the standard deviation is the coefficients' and the noise's together,
 * widened to what calm validation days showed.
 */
export const bayesianLinearModel: PricingModel = {
  name: NAME,
  summary: "Bayesian regression of ln vol on all public features, with posterior standard deviation",
  information: "prices",
  fit(calm) {
    checkCalm(NAME, calm, ["logMoneyness", "years"], 2 * COLUMNS);
    const { fitEnd, validationStart, count } = splitCalm(NAME, calm);
    const scaler = fitInputScaler(calm, count);
    const design = designOf(calm, scaler);
    const early = posteriorOf(design, calm.time, fitEnd);
    const wider = widening(calm, validationStart, (row) => {
      const values = design.rows.subarray(row * COLUMNS, (row + 1) * COLUMNS);
      return { error: design.target[row] - dot(values, 0, early.mean), variance: logVariance(early, values) };
    });
    const posterior = posteriorOf(design, calm.time, count);
    return freeze({
      name: NAME,
      information: "prices",
      uses: learnedUses,
      imputation: scaler.imputation,
      trainedOn: summarise(calm),
      parameters: { inputs: learnedInputNames, products: PRODUCTS, scaler, posterior, widening: wider },
      diagnostics: () => ({
        degreesOfFreedom: degreesOfFreedom(posterior),
        boundsActive: gridEnd(PRECISIONS, posterior.precision),
        conditionNumber: designCondition(gramOf(posterior), COLUMNS),
      }),
      raw(at) {
        const rows = rowsOf(at, scaler);
        return Float64Array.from({ length: at.count }, (_, row) => Math.exp(dot(rows, row * COLUMNS, posterior.mean)));
      },
      sdMany(vol, at) {
        const rows = rowsOf(at, scaler);
        return vol.map((value, row) => {
          const values = rows.subarray(row * COLUMNS, (row + 1) * COLUMNS);
          return value * wider * Math.sqrt(logVariance(posterior, values));
        });
      },
    });
  },
};

/** Variance of ln vol: the coefficients' and the noise's. */
function logVariance(posterior: LinearPosterior, values: Float64Array): number {
  return coefficientVariance(posterior, values) + posterior.noiseVariance;
}

function designOf(calm: QuoteSet, scaler: InputScaler): LinearDesign {
  const count = calm.features.count;
  return {
    rows: rowsOf(calm.features, scaler),
    columns: COLUMNS,
    target: calm.target.map(Math.log),
    weight: unitWeights(calm, count),
  };
}

/** Rows of the design: 1, the standardised inputs, their products. */
function rowsOf(at: FeatureTable, scaler: InputScaler): Float64Array {
  const inputs = learnedInputs(at, scaler);
  const rows = new Float64Array(at.count * COLUMNS);
  for (let row = 0; row < at.count; row++) {
    const from = row * LEARNED_INPUTS;
    let to = row * COLUMNS;
    rows[to++] = 1;
    for (let i = 0; i < LEARNED_INPUTS; i++) rows[to++] = inputs[from + i];
    for (const factors of PRODUCTS) rows[to++] = factors.reduce((product, i) => product * inputs[from + i], 1);
  }
  return rows;
}

/** Posterior on rows before `to`, tempered by the design effect that a first fit's residuals show. */
function posteriorOf(design: LinearDesign, moments: Float64Array, to: number): LinearPosterior {
  const equations = normalEquations(design, 0, to);
  const squares = weightedSquares(design, to);
  const first = linearPosterior(NAME, equations, squares, to, PRECISIONS[0]);
  const residuals = Float64Array.from({ length: to }, (_, row) => {
    return design.target[row] - dot(design.rows, row * COLUMNS, first.mean);
  });
  const effect = designEffect(residuals, moments);
  return mostEvident(NAME, temper(equations, effect), squares / effect, to / effect, PRECISIONS);
}

/** XᵀX + λI out of its factor. */
function gramOf({ lower }: LinearPosterior): Float64Array {
  const gram = new Float64Array(COLUMNS * COLUMNS);
  for (let i = 0; i < COLUMNS; i++) {
    for (let j = 0; j <= i; j++) {
      for (let k = 0; k <= j; k++) gram[i * COLUMNS + j] += lower[i * COLUMNS + k] * lower[j * COLUMNS + k];
    }
  }
  return gram;
}

/** trace of (XᵀX + λI)⁻¹ XᵀX; a constant input adds none. */
function degreesOfFreedom({ lower, precision }: LinearPosterior): number {
  let penalised = 0;
  for (let i = 1; i < COLUMNS; i++) {
    const unit = new Float64Array(COLUMNS);
    unit[i] = 1;
    penalised += precision * solveFactored(lower, unit)[i];
  }
  return COLUMNS - penalised;
}
