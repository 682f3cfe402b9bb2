import { dailyLevels } from "./calm-split.ts";
import { designCondition, leastSquares, normalEquations } from "./least-squares.ts";
import type { FeatureName, FeatureTable, QuoteSet } from "./pricing-model.ts";

/** ln level = b₀ + Σ bᵢ ln featureᵢ: how a frozen model reads the level of the surface from what it may see. */
export interface LevelRule {
  readonly from: readonly FeatureName[];
  readonly coefficients: readonly number[];
}

/** A rule with the condition number of the design that it was fitted on. */
export interface LevelFit {
  readonly rule: LevelRule;
  readonly conditionNumber: number;
}

/**
 * Least-squares rule of the surface's level over the calm moments whose rows lie before `to`.
 * @throws {ModelFitError} when the features cannot be told apart
 */
export function fitLevelRule(model: string, from: readonly FeatureName[], calm: QuoteSet, to: number): LevelFit {
  const { row, level } = dailyLevels(calm);
  const moments = row.findIndex((start) => start >= to);
  const count = moments < 0 ? row.length : moments;
  const rows = row.subarray(0, count);
  return fitLogRule(model, from, calm.features, rows, level.subarray(0, count), momentWeights(calm, rows));
}

/** Mean weight of the quotes of each moment that begins at one of `starts`: quotes that count less with age do so here. */
function momentWeights({ weight, time }: QuoteSet, starts: Int32Array): Float64Array {
  return Float64Array.from(starts, (start) => {
    let sum = 0;
    let row = start;
    for (; row < time.length && time[row] === time[start]; row++) sum += weight[row];
    return sum / (row - start);
  });
}

/**
 * The same rule for any positive vols.
 * @param rows - row of the feature table beside each vol
 * @param weight - of each vol
 * @throws {ModelFitError} when the features cannot be told apart
 */
export function fitLogRule(
  model: string,
  from: readonly FeatureName[],
  features: FeatureTable,
  rows: ArrayLike<number>,
  vols: ArrayLike<number>,
  weight: Float64Array = new Float64Array(rows.length).fill(1),
): LevelFit {
  const count = rows.length;
  const columns = from.length + 1;
  const design = {
    rows: new Float64Array(count * columns).fill(1),
    columns,
    target: Float64Array.from(vols, Math.log),
    weight,
  };
  for (let m = 0; m < count; m++) {
    from.forEach((name, i) => (design.rows[m * columns + 1 + i] = Math.log(features[name][rows[m]])));
  }
  const equations = normalEquations(design, 0, count);
  const coefficients = Array.from(leastSquares(model, design, equations, 0, count));
  return { rule: { from, coefficients }, conditionNumber: designCondition(equations.gram, columns) };
}

/** Level of the surface at every row. */
export function levelsOf({ from, coefficients }: LevelRule, at: FeatureTable): Float64Array {
  const levels = new Float64Array(at.count).fill(coefficients[0]);
  for (let i = 0; i < from.length; i++) {
    const column = at[from[i]];
    for (let row = 0; row < at.count; row++) levels[row] += coefficients[i + 1] * Math.log(column[row]);
  }
  return levels.map(Math.exp);
}
