import { checkCalm, dailyLevels, splitCalm, summarise } from "./calm-split.ts";
import { freeze } from "./frozen-model.ts";
import { leastSquares, normalEquations } from "./least-squares.ts";
import type { FeatureName, FeatureTable, InformationSet, PricingModel, QuoteSet } from "./pricing-model.ts";
import { validationLogError } from "./validation.ts";

/** ln level = b₀ + Σ bᵢ ln featureᵢ, then vol = level · (smile in x = k/(level √τ), linear in √τ). */
interface SmileParameters {
  readonly level: readonly number[];
  /** Coefficients of 1, x, x², √τ, x √τ, x² √τ. */
  readonly shape: readonly number[];
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
      const early = fitSmile(name, from, calm, fitEnd);
      const relativeSd = validationLogError(calm, smileVols(early, from, calm.features), validationStart);
      const parameters = fitSmile(name, from, calm, count);
      return freeze({
        name,
        information,
        uses,
        trainedOn: summarise(calm),
        parameters: { ...parameters, relativeSd },
        complexity: () => parameters.level.length + parameters.shape.length,
        raw: (at) => smileVols(parameters, from, at),
        sd: (vol) => relativeSd * vol,
      });
    },
  };
}

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

/** Fits level, then shape, on rows before `to`. */
function fitSmile(name: string, from: readonly FeatureName[], calm: QuoteSet, to: number): SmileParameters {
  const level = fitLevel(name, from, calm, to);
  const levels = levelsOf(level, from, calm.features);
  const rows = new Float64Array(to * SHAPE_TERMS);
  const ratio = new Float64Array(to);
  for (let row = 0; row < to; row++) {
    setShapeRow(rows, row * SHAPE_TERMS, calm.features.logMoneyness[row], calm.features.years[row], levels[row]);
    ratio[row] = calm.target[row] / levels[row];
  }
  const design = { rows, columns: SHAPE_TERMS, target: ratio, weight: calm.weight };
  const shape = leastSquares(name, design, normalEquations(design, 0, to), 0, to);
  return { level: Array.from(level), shape: Array.from(shape) };
}

function fitLevel(name: string, from: readonly FeatureName[], calm: QuoteSet, to: number): Float64Array {
  const { row, level } = dailyLevels(calm);
  const moments = row.findIndex((start) => start >= to);
  const count = moments < 0 ? row.length : moments;
  const columns = from.length + 1;
  const rows = new Float64Array(count * columns);
  for (let m = 0; m < count; m++) {
    rows[m * columns] = 1;
    for (let i = 0; i < from.length; i++) rows[m * columns + 1 + i] = Math.log(calm.features[from[i]][row[m]]);
  }
  const weight = new Float64Array(count).fill(1);
  const design = { rows, columns, target: level.subarray(0, count).map(Math.log), weight };
  return leastSquares(name, design, normalEquations(design, 0, count), 0, count);
}

function levelsOf(level: ArrayLike<number>, from: readonly FeatureName[], at: FeatureTable): Float64Array {
  const levels = new Float64Array(at.count).fill(level[0]);
  for (let i = 0; i < from.length; i++) {
    const column = at[from[i]];
    for (let row = 0; row < at.count; row++) levels[row] += level[i + 1] * Math.log(column[row]);
  }
  return levels.map(Math.exp);
}

function smileVols(parameters: SmileParameters, from: readonly FeatureName[], at: FeatureTable): Float64Array {
  const levels = levelsOf(parameters.level, from, at);
  const terms = new Float64Array(SHAPE_TERMS);
  return levels.map((level, row) => {
    setShapeRow(terms, 0, at.logMoneyness[row], at.years[row], level);
    let ratio = 0;
    for (let i = 0; i < SHAPE_TERMS; i++) ratio += terms[i] * parameters.shape[i];
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
