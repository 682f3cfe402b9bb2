import { checkCalm, splitCalm, summarise } from "./calm-split.ts";
import { freeze } from "./frozen-model.ts";
import { designCondition, leastSquares, normalEquations } from "./least-squares.ts";
import type { LevelRule } from "./level-rule.ts";
import { fitLevelRule, levelsOf } from "./level-rule.ts";
import type { FeatureName, FeatureTable, InformationSet, PricingModel, QuoteSet } from "./pricing-model.ts";
import { validationLogError } from "./validation.ts";

/** vol = level · (smile in x = k/(level √τ), linear in √τ). */
interface SmileParameters {
  readonly level: LevelRule;
  /** Coefficients of 1, x, x², √τ, x √τ, x² √τ. */
  readonly shape: readonly number[];
}

interface SmileFit {
  readonly parameters: SmileParameters;
  readonly conditionNumber: number;
}

const SHAPE_TERMS = 6;

/** A quadratic smile that floats with a level taken from the features `from` by a log-linear rule fitted in calm. */
function smileModel(
  name: string,
  summary: string,
  information: InformationSet,
  from: readonly FeatureName[],
): PricingModel {
  const uses: readonly FeatureName[] = ["logMoneyness", "years", ...from];
  return {
    name,
    summary,
    information,
    fit(calm) {
      checkCalm(name, calm, uses, 2 * SHAPE_TERMS);
      const { fitEnd, validationStart, count } = splitCalm(name, calm);
      const early = fitSmile(name, from, calm, fitEnd).parameters;
      const relativeSd = validationLogError(calm, smileVols(early, calm.features), validationStart);
      const { parameters, conditionNumber } = fitSmile(name, from, calm, count);
      const { level, shape } = parameters;
      return freeze({
        name,
        information,
        uses,
        trainedOn: summarise(calm),
        parameters: { level: level.coefficients, shape, relativeSd },
        diagnostics: () => ({
          degreesOfFreedom: level.coefficients.length + shape.length,
          boundsActive: [],
          conditionNumber,
        }),
        raw: (at) => smileVols(parameters, at),
        sd: (vol) => relativeSd * vol,
      });
    },
  };
}

/** The smile of calm as it was: its level too stays frozen. */
export const smileStaticModel = smileModel(
  "smile-static",
  "quadratic smile in k/(level √τ), its level frozen at the calm mean",
  "prices",
  [],
);

/** Quadratic smile × current level, the level from realised vols alone. */
export const smileLevelModel = smileModel(
  "smile-level",
  "quadratic smile in k/(level √τ) times a level from short and long realised vol",
  "prices",
  ["shortVol", "longVol"],
);

/** The same smile with the level of the market surface of the previous keeper cycle. */
export const smileLevelLaggedModel = smileModel(
  "smile-level-lagged",
  "the same smile times the at-the-money vol of the previous keeper cycle's market surface",
  "lagged-surface",
  ["surfaceLevel"],
);

/** Fits level, then shape, on rows before `to`; the condition number is the worse of the two. */
function fitSmile(name: string, from: readonly FeatureName[], calm: QuoteSet, to: number): SmileFit {
  const level = fitLevelRule(name, from, calm, to);
  const levels = levelsOf(level.rule, calm.features);
  const rows = new Float64Array(to * SHAPE_TERMS);
  const ratio = new Float64Array(to);
  for (let row = 0; row < to; row++) {
    setShapeRow(rows, row * SHAPE_TERMS, calm.features.logMoneyness[row], calm.features.years[row], levels[row]);
    ratio[row] = calm.target[row] / levels[row];
  }
  const design = { rows, columns: SHAPE_TERMS, target: ratio, weight: calm.weight };
  const equations = normalEquations(design, 0, to);
  const shape = Array.from(leastSquares(name, design, equations, 0, to));
  return {
    parameters: { level: level.rule, shape },
    conditionNumber: Math.max(level.conditionNumber, designCondition(equations.gram, SHAPE_TERMS)),
  };
}

function smileVols({ level: rule, shape }: SmileParameters, at: FeatureTable): Float64Array {
  const levels = levelsOf(rule, at);
  const terms = new Float64Array(SHAPE_TERMS);
  return levels.map((level, row) => {
    setShapeRow(terms, 0, at.logMoneyness[row], at.years[row], level);
    let ratio = 0;
    for (let i = 0; i < SHAPE_TERMS; i++) ratio += terms[i] * shape[i];
    return level * ratio;
  });
}

function setShapeRow(rows: Float64Array, offset: number, logMoneyness: number, years: number, level: number): void {
  const rootYears = Math.sqrt(years);
  const x = logMoneyness / (level * rootYears);
  rows[offset] = 1;
  rows[offset + 1] = x;
  rows[offset + 2] = x * x;
  rows[offset + 3] = rootYears;
  rows[offset + 4] = x * rootYears;
  rows[offset + 5] = x * x * rootYears;
}
