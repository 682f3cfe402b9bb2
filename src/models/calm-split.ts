import { ModelFitError } from "./model-fit-error.ts";
import { median } from "../statistics/moments.ts";
import type { FeatureName, FeatureTable, QuoteSet, ReturnHistory, TrainingSummary } from "./pricing-model.ts";
import { featureNames } from "./pricing-model.ts";

/** Rows of the calm quotes: [0, fitEnd) to fit on, then a purge, then [validationStart, count) to validate on. */
export interface CalmSplit {
  readonly fitEnd: number;
  readonly validationStart: number;
  readonly count: number;
}

/** Shares of the calm days: fit 70 %, purge 10 %, validation 20 %. */
const FIT_SHARE = 0.7;
const VALIDATION_SHARE = 0.2;

/**
 * Splits calm quotes by whole days, oldest first. A quote's label is the vol of its moment, so that any purge of a day
 * exceeds the longest label; a tenth of the days is left out.
 * @throws {ModelFitError} when days do not come in order, or fewer than five
 */
export function splitCalm(model: string, calm: QuoteSet): CalmSplit {
  const starts: number[] = [];
  for (let row = 0; row < calm.day.length; row++) {
    if (row > 0 && calm.day[row] < calm.day[row - 1]) {
      throw new ModelFitError(model, "quotes are not in order of days", `row ${row}, day ${calm.day[row]}`);
    }
    if (row === 0 || calm.day[row] !== calm.day[row - 1]) starts.push(row);
  }
  if (starts.length < 5) {
    throw new ModelFitError(model, "too few calm days, at least 5 are needed", `${starts.length} days with quotes`);
  }
  const fitDays = Math.floor(FIT_SHARE * starts.length);
  const validationDays = Math.max(1, Math.floor(VALIDATION_SHARE * starts.length));
  return {
    fitEnd: starts[fitDays],
    validationStart: starts[starts.length - validationDays],
    count: calm.day.length,
  };
}

/**
 * Checks that what a model will use is there.
 * @throws {ModelFitError} naming the first bad column, row and day, or how many quotes are missing
 */
export function checkCalm(model: string, calm: QuoteSet, used: readonly FeatureName[], minimum: number): void {
  const { count } = calm.features;
  if (count < minimum) {
    throw new ModelFitError(model, `too few quotes, at least ${minimum} are needed`, `${count} quotes`);
  }
  for (const name of used) checkFinite(model, name, calm.features[name], calm.day);
  checkFinite(model, "target", calm.target, calm.day);
  const weight = calm.weight.reduce((sum, value) => sum + value, 0);
  if (!(weight > 0 && weight < Infinity)) {
    throw new ModelFitError(model, `weights of the quotes sum to ${weight}`, `${count} quotes`);
  }
  const bad = calm.target.findIndex((vol) => vol <= 0);
  if (bad >= 0) {
    throw new ModelFitError(
      model,
      `quoted vol ${calm.target[bad]} is not positive`,
      `row ${bad}, day ${calm.day[bad]}`,
    );
  }
}

function checkFinite(model: string, name: string, column: Float64Array, day: Int32Array): void {
  for (let row = 0; row < column.length; row++) {
    if (!Number.isFinite(column[row])) {
      throw new ModelFitError(model, `${name} is ${column[row]}`, `row ${row}, day ${day[row]}`);
    }
  }
}

/** Models of an experiment are fitted on the same quotes in a row; a summary is a pure function of these. */
const summaries = new WeakMap<QuoteSet, TrainingSummary>();

/** What training saw. */
export function summarise(calm: QuoteSet): TrainingSummary {
  let summary = summaries.get(calm);
  if (summary === undefined) summaries.set(calm, (summary = computeSummary(calm)));
  return summary;
}

function computeSummary(calm: QuoteSet): TrainingSummary {
  const ranges: Partial<Record<FeatureName, readonly [number, number]>> = {};
  for (const name of featureNames) {
    const range = rangeOf(calm.features[name]);
    if (range !== undefined) ranges[name] = range;
  }
  const levels = dailyLevels(calm).level;
  const typical = Object.fromEntries(featureNames.map((name) => [name, middleOf(calm.features[name])]));
  return {
    quotes: calm.features.count,
    days: new Set(calm.day).size,
    ranges,
    levelRange: rangeOf(levels) ?? [Number.NaN, Number.NaN],
    typical: { ...(typical as Record<FeatureName, number>), returns: middleHistory(calm.features.returns) },
  };
}

/** Median; NaN of a feature that this market does not have. */
function middleOf(column: Float64Array): number {
  return column.length > 0 && column.every(Number.isFinite) ? median(column) : Number.NaN;
}

/** The history whose mean square is the median one. */
function middleHistory(histories: readonly ReturnHistory[]): ReturnHistory {
  const size = ({ values }: ReturnHistory) =>
    values.reduce((sum, value) => sum + value * value, 0) / values.length || 0;
  const sorted = [...new Set(histories)].map((history) => ({ history, size: size(history) }));
  sorted.sort((a, b) => a.size - b.size);
  return sorted[Math.floor(sorted.length / 2)].history;
}

function rangeOf(column: Float64Array): readonly [number, number] | undefined {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of column) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : undefined;
}

/** The tenor whose at-the-money vol is called the level of a surface: the listed one nearest to seven days. */
export const LEVEL_YEARS = 7 / 365;

/**
 * Level of each moment's surface: the quoted vol nearest to the money at the tenor nearest to seven days.
 * @returns the first row of each moment (quotes with equal time) and its level
 */
export function dailyLevels(calm: QuoteSet): { readonly row: Int32Array; readonly level: Float64Array } {
  const rows: number[] = [];
  const levels: number[] = [];
  for (let from = 0; from < calm.time.length;) {
    let to = from;
    while (to < calm.time.length && calm.time[to] === calm.time[from]) to++;
    rows.push(from);
    levels.push(calm.target[nearestToTheMoney(calm.features, from, to)]);
    from = to;
  }
  return { row: Int32Array.from(rows), level: Float64Array.from(levels) };
}

/** Row in [from, to) whose tenor is nearest to seven days and, among these, whose strike is nearest to the money. */
export function nearestToTheMoney({ years, logMoneyness }: FeatureTable, from: number, to: number): number {
  let best = from;
  for (let row = from + 1; row < to; row++) {
    const tenorGain = Math.abs(years[best] - LEVEL_YEARS) - Math.abs(years[row] - LEVEL_YEARS);
    const moneyGain = Math.abs(logMoneyness[best]) - Math.abs(logMoneyness[row]);
    if (tenorGain > 0 || (tenorGain === 0 && moneyGain > 0)) best = row;
  }
  return best;
}
