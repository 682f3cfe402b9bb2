/**
 * A pricing model of one's own, judged like those that ship:
 * `npx hardhat sim --models realised-vol,examples/own-model.ts`.
 *
 * It quotes current realised vol plus a premium and a smirk, both estimated on calm quotes: what a small desk's
 * spreadsheet does. A project that installs the package imports from "regimebreak/src/models/…" instead.
 */
import { checkCalm, splitCalm, summarise } from "../src/models/calm-split.ts";
import { freeze } from "../src/models/frozen-model.ts";
import { designCondition, leastSquares, normalEquations } from "../src/models/least-squares.ts";
import type { FeatureName, FeatureTable, PricingModel } from "../src/models/pricing-model.ts";
import { validationLogError } from "../src/models/validation.ts";

const name = "desk-smirk";
/** Features that a prediction reads: the pipeline fills them alike for training, scoring and the chain. */
const uses: readonly FeatureName[] = ["logMoneyness", "years", "shortVol", "longVol"];

/** vol = √(½ short² + ½ long²) · (a + b x + c x²) with x = k / (level √τ). */
const TERMS = 3;

function levelsOf({ count, shortVol, longVol }: FeatureTable): Float64Array {
  return Float64Array.from({ length: count }, (_, row) => Math.sqrt((shortVol[row] ** 2 + longVol[row] ** 2) / 2));
}

function termsOf(at: FeatureTable): Float64Array {
  const levels = levelsOf(at);
  const rows = new Float64Array(at.count * TERMS);
  for (let row = 0; row < at.count; row++) {
    const x = at.logMoneyness[row] / (levels[row] * Math.sqrt(at.years[row]));
    rows.set([1, x, x * x], row * TERMS);
  }
  return rows;
}

function volsOf(coefficients: ArrayLike<number>, at: FeatureTable): Float64Array {
  const rows = termsOf(at);
  return levelsOf(at).map((level, row) => {
    let ratio = 0;
    for (let term = 0; term < TERMS; term++) ratio += coefficients[term] * rows[row * TERMS + term];
    return level * ratio;
  });
}

const model: PricingModel = {
  name,
  summary: "realised vol times a quadratic smirk: an example of one's own model",
  information: "prices",
  fit(calm) {
    checkCalm(name, calm, uses, 2 * TERMS);
    const { fitEnd, validationStart, count } = splitCalm(name, calm);
    const levels = levelsOf(calm.features);
    const design = {
      rows: termsOf(calm.features),
      columns: TERMS,
      target: calm.target.map((vol, row) => vol / levels[row]),
      weight: calm.weight,
    };
    const fitted = (to: number) => leastSquares(name, design, normalEquations(design, 0, to), 0, to);
    const relativeSd = validationLogError(calm, volsOf(fitted(fitEnd), calm.features), validationStart);
    const coefficients = Array.from(fitted(count));
    return freeze({
      name,
      information: "prices",
      uses,
      trainedOn: summarise(calm),
      parameters: { coefficients, relativeSd },
      diagnostics: () => ({
        degreesOfFreedom: TERMS,
        boundsActive: [],
        conditionNumber: designCondition(normalEquations(design, 0, count).gram, TERMS),
      }),
      raw: (at) => volsOf(coefficients, at),
      sd: (vol) => relativeSd * vol,
    });
  },
};

export default model;
