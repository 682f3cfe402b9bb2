import { checkCalm, splitCalm, summarise } from "./calm-split.ts";
import { logVolBeyond, realisedRange } from "./extrapolation.ts";
import { freeze } from "./frozen-model.ts";
import {
  LEARNED_COLUMNS,
  learnedDiagnostics,
  learnedPosterior,
  learnedProducts,
  learnedRows,
  predictiveVariance,
} from "./learned-design.ts";
import type { InputScaler } from "./learned-inputs.ts";
import { fitInputScaler, learnedInputNames, learnedUses } from "./learned-inputs.ts";
import { dot } from "./least-squares.ts";
import type { LinearDesign } from "./least-squares.ts";
import type { PricingModel, QuoteSet } from "./pricing-model.ts";
import { unitWeights, widening } from "./validation.ts";

const NAME = "bayesian-linear";

/** Where a quadratic of far features ends, so that what it says stays a number. */
const LARGEST_LOG_VOL = 10;

/**
 * Conjugate Bayesian regression of ln vol on all public features and a few products. Quotes of a moment share an error,
 * so that a level is known from as many moments, not quotes; the standard deviation is the coefficients' and the
 * noise's together, widened to what calm validation days showed.
 */
export const bayesianLinearModel: PricingModel = {
  name: NAME,
  summary: "Bayesian regression of ln vol on all public features, with posterior standard deviation",
  information: "prices",
  fit(calm) {
    checkCalm(NAME, calm, ["logMoneyness", "years"], 2 * LEARNED_COLUMNS);
    const { fitEnd, validationStart, count } = splitCalm(NAME, calm);
    const scaler = fitInputScaler(calm, count);
    const design = designOf(calm, scaler);
    const early = learnedPosterior(NAME, design, calm.time, fitEnd);
    const beyond = logVolBeyond(realisedRange(calm, fitEnd), calm.features);
    const wider = widening(calm, validationStart, (row) => {
      const values = design.rows.subarray(row * LEARNED_COLUMNS, (row + 1) * LEARNED_COLUMNS);
      const variance = predictiveVariance(early, values) + beyond[row] ** 2;
      return { error: design.target[row] - dot(values, 0, early.mean), variance };
    });
    const posterior = learnedPosterior(NAME, design, calm.time, count);
    const realised = realisedRange(calm, count);
    return freeze({
      name: NAME,
      information: "prices",
      uses: learnedUses,
      imputation: scaler.imputation,
      realised,
      trainedOn: summarise(calm),
      parameters: {
        inputs: learnedInputNames,
        products: learnedProducts,
        scaler,
        realised,
        posterior,
        widening: wider,
      },
      diagnostics: () => learnedDiagnostics(posterior),
      raw(at) {
        const rows = learnedRows(at, scaler);
        return Float64Array.from({ length: at.count }, (_, row) =>
          Math.exp(Math.min(LARGEST_LOG_VOL, dot(rows, row * LEARNED_COLUMNS, posterior.mean))),
        );
      },
      sdMany(vol, at) {
        const rows = learnedRows(at, scaler);
        return vol.map((value, row) => {
          const values = rows.subarray(row * LEARNED_COLUMNS, (row + 1) * LEARNED_COLUMNS);
          return value * wider * Math.sqrt(predictiveVariance(posterior, values));
        });
      },
    });
  },
};

function designOf(calm: QuoteSet, scaler: InputScaler): LinearDesign {
  const count = calm.features.count;
  return {
    rows: learnedRows(calm.features, scaler),
    columns: LEARNED_COLUMNS,
    target: calm.target.map(Math.log),
    weight: unitWeights(calm, count),
  };
}
