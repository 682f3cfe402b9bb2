import { mean, median } from "./moments.ts";
import { StatisticInputError } from "./statistic-input-error.ts";
import { requireObservations } from "./too-few-observations-error.ts";

/** Whether intervals hold, and what they cost: none of the three is worth anything alone. */
export interface IntervalQuality {
  /** Share of outcomes inside. */
  readonly coverage: number;
  /** Mean and median full width of the finite intervals; Infinity when there are none. */
  readonly meanWidth: number;
  readonly medianWidth: number;
  /** Share of intervals that are the whole line. */
  readonly infiniteShare: number;
  readonly count: number;
}

/** Intervals adapted to a stream of outcomes. */
export interface AdaptiveIntervals {
  /** Half-width in force at each step; Infinity for the whole line, -Infinity for the empty set. */
  readonly halfWidths: Float64Array;
  /** Miscoverage rate asked for at each step. */
  readonly levels: Float64Array;
  readonly quality: IntervalQuality;
}

/** How intervals adapt. */
export interface AdaptiveOptions {
  /** Miscoverage aimed at, such as 0.1. */
  readonly miscoverage: number;
  /** Step γ of the level after each outcome, 0 for none; 0.005 in the paper. */
  readonly rate?: number;
  /** Scores that count: the latest so many. */
  readonly window: number;
}

/**
 * Half-width of split-conformal intervals: the score of rank ⌈(n + 1)(1 - α)⌉, Infinity when that exceeds n.
 *
 * Covers an exchangeable outcome with at least 1 - α, and at most 1/(n + 1) more where scores do not tie.
 * @param scores - absolute errors on data that the model was not fitted on
 * @param miscoverage - α in (0, 1)
 * @throws {TooFewObservationsError} of no score
 * @throws {StatisticInputError} of a level outside (0, 1)
 * @see Vovk, Gammerman & Shafer (2005); Lei et al. (2018), algorithm 2
 */
export function splitConformal(scores: ArrayLike<number>, miscoverage: number): number {
  requireObservations("split conformal", scores, 1);
  requireLevel(miscoverage);
  return scoreOfRank(Float64Array.from(scores).sort(), miscoverage);
}

/**
 * Adaptive conformal intervals over a stream: after each outcome the level moves by α' = α' + γ(α - 1{missed}), and the
 * half-width is the split-conformal one of the latest `window` scores at that level.
 *
 * A level of at most 0 asks for the whole line, one of at least 1 for nothing. Over n steps the share of misses is
 * within (max(α₁, 1 - α₁) + γ)/(γn) of α whatever the outcomes, when infinite intervals count as hits.
 * @param calibration - scores known before the first step
 * @param stream - scores in order of time
 * @throws {TooFewObservationsError} of no calibration score or no stream
 * @throws {StatisticInputError} of an option out of its range
 * @see Gibbs & Candès (2021), "Adaptive conformal inference under distribution shift", equation 2, proposition 4.1
 */
export function adaptiveConformal(
  calibration: ArrayLike<number>,
  stream: ArrayLike<number>,
  { miscoverage, rate = 0.005, window }: AdaptiveOptions,
): AdaptiveIntervals {
  requireObservations("adaptive conformal (calibration)", calibration, 1);
  requireObservations("adaptive conformal (stream)", stream, 1);
  requireLevel(miscoverage);
  if (!(window >= 1 && rate >= 0 && rate < Infinity)) {
    throw new StatisticInputError("adaptive conformal", `window ${window} and rate ${rate}, expected ≥ 1 and ≥ 0`);
  }
  const recent = Array.from(calibration).slice(-window);
  const sorted = [...recent].sort((a, b) => a - b);
  const halfWidths = new Float64Array(stream.length);
  const levels = new Float64Array(stream.length);
  let level = miscoverage;
  for (let t = 0; t < stream.length; t++) {
    levels[t] = level;
    halfWidths[t] = level <= 0 ? Infinity : level >= 1 ? -Infinity : scoreOfRank(sorted, level);
    level += rate * (miscoverage - (stream[t] <= halfWidths[t] ? 0 : 1));
    recent.push(stream[t]);
    sorted.splice(placeOf(sorted, stream[t]), 0, stream[t]);
    if (recent.length > window) sorted.splice(placeOf(sorted, recent.shift()!), 1);
  }
  return { halfWidths, levels, quality: intervalQuality(halfWidths, stream) };
}

/**
 * Coverage of intervals with their width and the share of infinite ones.
 * @param halfWidths - of each interval, Infinity for the whole line, negative for the empty set (of width 0)
 * @param scores - absolute error of each outcome from its interval's centre
 * @throws {TooFewObservationsError} of nothing
 * @throws {StatisticInputError} of columns of different lengths or a half-width that is no number
 * @see Gneiting & Raftery (2007), "Strictly proper scoring rules", on coverage and sharpness
 */
export function intervalQuality(halfWidths: ArrayLike<number>, scores: ArrayLike<number>): IntervalQuality {
  requireObservations("interval quality", scores, 1);
  const count = scores.length;
  if (halfWidths.length !== count) {
    throw new StatisticInputError("interval quality", `${halfWidths.length} intervals for ${count} scores`);
  }
  let hits = 0;
  const finite: number[] = [];
  for (let i = 0; i < count; i++) {
    if (Number.isNaN(halfWidths[i])) throw new StatisticInputError("interval quality", `half-width ${i} is NaN`);
    if (scores[i] <= halfWidths[i]) hits++;
    if (halfWidths[i] < Infinity) finite.push(2 * Math.max(0, halfWidths[i]));
  }
  return {
    coverage: hits / count,
    meanWidth: finite.length > 0 ? mean(finite) : Infinity,
    medianWidth: finite.length > 0 ? median(finite) : Infinity,
    infiniteShare: 1 - finite.length / count,
    count,
  };
}

function scoreOfRank(sorted: ArrayLike<number>, miscoverage: number): number {
  // (n + 1)(1 - α) may be a whole number up to rounding.
  const rank = Math.ceil((sorted.length + 1) * (1 - miscoverage) - 1e-9);
  return rank > sorted.length ? Infinity : sorted[Math.max(rank, 1) - 1];
}

/** First place in a rising list that is not below `value`. */
function placeOf(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function requireLevel(miscoverage: number): void {
  if (!(miscoverage > 0 && miscoverage < 1)) {
    throw new StatisticInputError("conformal intervals", `miscoverage ${miscoverage}, expected within (0, 1)`);
  }
}
