import type { Penalty, StandardisedProblem } from "./coordinate-descent.ts";
import {
  elasticNet,
  GAP_TOLERANCE,
  KKT_TOLERANCE,
  largestStrength,
  standardise,
  unstandardise,
} from "./coordinate-descent.ts";
import { designCondition, factor, solveFactored } from "./least-squares.ts";
import { ModelFitError } from "./model-fit-error.ts";
import { frozenPolynomial, gridEnd, preparedDesign, validationVols } from "./polynomial.ts";
import type { PricingModel, QuoteSet } from "./pricing-model.ts";
import { validationError } from "./validation.ts";

/** Strengths that are tried: a geometric path from the smallest that leaves no term, down to this share of it. */
const PATH_END = 1e-3;
const PATH_LENGTH = 25;

/** Terms of the polynomial whose help does not pay for their size are exactly zero. */
export const lassoModel = sparsePolynomial(
  "lasso",
  "the same polynomial with a lasso penalty chosen on purged calm validation days",
  1,
);

/** The same with half of the penalty quadratic: of terms that say the same, it keeps all a little. */
export const elasticNetModel = sparsePolynomial(
  "elastic-net",
  "the same polynomial with half lasso, half ridge penalty chosen on purged calm validation days",
  0.5,
);

/**
 * Polynomial of degree 5 with penalty λ (mix ‖b‖₁ + (1 − mix)/2 ‖b‖²) on standardised terms beside the mean squared
 * error over two, the intercept free; λ is the one of a path with the least error on calm validation days.
 * @param mix - in (0, 1]; 1 is the lasso
 * @param path - shares of the smallest strength that leaves no term, falling
 */
export function sparsePolynomial(
  name: string,
  summary: string,
  mix: number,
  path: readonly number[] = Array.from({ length: PATH_LENGTH }, (_, i) => PATH_END ** (i / (PATH_LENGTH - 1))),
): PricingModel {
  return {
    name,
    summary,
    information: "prices",
    fit(calm) {
      const design = preparedDesign(name, calm);
      const { split, early, all } = design;
      const trials = descend(name, standardise(early, squares(calm, split.fitEnd)), mix, path).map(
        (coefficients, i) => {
          return { i, error: validationError(calm, validationVols(design, coefficients), split.validationStart) };
        },
      );
      const best = trials.reduce((a, b) => (b.error < a.error ? b : a));
      const problem = standardise(all, squares(calm, split.count));
      const coefficients = descend(name, problem, mix, path.slice(0, best.i + 1))[best.i];
      const penalty = largestStrength(problem, mix) * path[best.i];
      return frozenPolynomial(name, calm, design, coefficients, { sd: best.error, penalty }, () => ({
        degreesOfFreedom: 1 + activeDof(problem, coefficients, penalty * (1 - mix)),
        boundsActive: gridEnd(path.toReversed(), path[best.i]),
        conditionNumber: activeCondition(problem, coefficients, penalty * (1 - mix)),
      }));
    },
  };
}

/** Coefficients of the terms at each strength of the path, each solution the start of the next. */
function descend(model: string, problem: StandardisedProblem, mix: number, path: readonly number[]): Float64Array[] {
  const largest = largestStrength(problem, mix);
  if (!(largest > 0)) return path.map(() => unstandardise(problem, new Float64Array(problem.mean.length)));
  let start: Float64Array = new Float64Array(problem.mean.length);
  return path.map((share) => {
    const penalty: Penalty = { strength: largest * share, mix };
    const { coefficients, violation, gap, rounds } = elasticNet(problem, penalty, start);
    if (!(violation <= KKT_TOLERANCE && gap <= GAP_TOLERANCE)) {
      const what = `coordinate descent is not at its optimum after ${rounds} rounds: violation ${violation}, gap ${gap}`;
      throw new ModelFitError(model, what, `penalty ${penalty.strength}, ${share} of the largest`);
    }
    start = coefficients;
    return unstandardise(problem, coefficients);
  });
}

function squares({ target, weight }: QuoteSet, to: number): number {
  let sum = 0;
  for (let row = 0; row < to; row++) sum += weight[row] * target[row] * target[row];
  return sum;
}

/** Correlations of the terms that are not zero, with the quadratic part of the penalty on the diagonal. */
function activeGram({ correlation, mean }: StandardisedProblem, own: Float64Array, ridge: number) {
  const active: number[] = [];
  for (let j = 0; j < mean.length; j++) if (own[j + 1] !== 0) active.push(j);
  const size = active.length;
  const gram = new Float64Array(size * size);
  active.forEach((column, i) => {
    for (let j = 0; j <= i; j++) gram[i * size + j] = correlation[column * mean.length + active[j]];
    gram[i * size + i] += ridge;
  });
  return { gram, size };
}

/**
 * Trace of X (XᵀX + λ₂ I)⁻¹ Xᵀ over the active terms, which without a quadratic part is their number.
 * @see Zou, Hastie & Tibshirani (2007), "On the degrees of freedom of the lasso"
 */
function activeDof(problem: StandardisedProblem, own: Float64Array, ridge: number): number {
  const { gram, size } = activeGram(problem, own, ridge);
  if (ridge === 0) return size;
  const lower = factor(gram, size, 0)!;
  let shrunk = 0;
  for (let i = 0; i < size; i++) {
    const unit = new Float64Array(size);
    unit[i] = 1;
    shrunk += ridge * solveFactored(lower, unit)[i];
  }
  return size - shrunk;
}

function activeCondition(problem: StandardisedProblem, own: Float64Array, ridge: number): number | null {
  const { gram, size } = activeGram(problem, own, ridge);
  return size === 0 ? null : designCondition(gram, size);
}
