import { mean, median, quantile, standardDeviation } from "./moments.ts";
import type { Resampling } from "./resampling.ts";
import { requireLevel, StatisticInputError } from "./statistic-input-error.ts";
import { requireObservations, TooFewObservationsError } from "./too-few-observations-error.ts";

/** Pointwise means of curves with a band that holds the whole mean curve at the stated level. */
export interface SimultaneousBand {
  readonly mean: number[];
  readonly low: number[];
  readonly high: number[];
  /** Multiple of the standard error that makes the band simultaneous. */
  readonly multiplier: number;
}

/** Pointwise medians of curves with a band that holds the whole curve of medians at the stated level. */
export interface SimultaneousMedianBand {
  readonly median: number[];
  readonly low: number[];
  readonly high: number[];
  /** The band goes from this order statistic, 1 being the smallest value, to the same counted from above. */
  readonly rank: number;
}

/** Fewest curves of a band. */
export const FEWEST_CURVES = 20;

/**
 * Simultaneous band of a mean curve by the bootstrap of the largest studentised deviation: whole curves are drawn
 * with replacement, because the points of a curve are not independent (Davison & Hinkley 1997, 4.2.4).
 *
 * @param curves - a replicate each, all of the same length
 * @param resampled - of as many observations as there are curves
 * @param level - chance that the band holds the whole mean curve, in (0, 1)
 * @throws {TooFewObservationsError} below twenty curves, or of a point that is no number
 * @throws {StatisticInputError} of curves of different lengths, a resampling of another number, or a level outside (0, 1)
 */
export function simultaneousBand(
  curves: readonly ArrayLike<number>[],
  resampled: Resampling,
  level = 0.95,
): SimultaneousBand {
  const n = curves.length;
  requireLevel("simultaneous band", level);
  const points = pointsOf(curves, resampled);
  const means = points.map(mean);
  const errors = points.map((values) => standardDeviation(values) / Math.sqrt(n));
  const deviations = Float64Array.from(resampled.counts, (counts) => {
    let largest = 0;
    for (let p = 0; p < points.length; p++) {
      if (errors[p] === 0) continue;
      const values = points[p];
      let sum = 0;
      for (let i = 0; i < n; i++) sum += counts[i] * values[i];
      largest = Math.max(largest, Math.abs(sum / n - means[p]) / errors[p]);
    }
    return largest;
  });
  const multiplier = quantile(deviations, level);
  return {
    mean: means,
    low: means.map((value, p) => value - multiplier * errors[p]),
    high: means.map((value, p) => value + multiplier * errors[p]),
    multiplier,
  };
}

/**
 * Simultaneous band of a curve of medians: the same order statistics [x(r), x(n − r + 1)] at every point, with the
 * largest r for which at least `level` of the bootstrap's samples of whole curves have all their medians inside. Tails
 * of any weight leave it unmoved, where a band of means would be carried away.
 *
 * @param curves - a replicate each, all of the same length
 * @param resampled - of as many observations as there are curves
 * @param level - chance that the band holds the whole curve of medians, in (0, 1)
 * @throws {TooFewObservationsError} below twenty curves, or of a point that is no number
 * @throws {StatisticInputError} of curves of different lengths, a resampling of another number, a level outside (0, 1) or
 * one that no band has
 * @see Davison & Hinkley (1997), 4.2.4, whose envelopes are ranked in the same way
 */
export function simultaneousMedianBand(
  curves: readonly ArrayLike<number>[],
  resampled: Resampling,
  level = 0.95,
): SimultaneousMedianBand {
  const n = curves.length;
  requireLevel("simultaneous band", level);
  const points = pointsOf(curves, resampled);
  const orders = points.map((values) => Uint32Array.from(values.keys()).sort((a, b) => values[a] - values[b]));
  const depths = Float64Array.from(resampled.counts, (counts) =>
    orders.reduce((least, order) => Math.min(least, medianDepth(order, counts)), n),
  ).sort();
  const rank = depths[Math.floor((1 - level) * depths.length)];
  if (!(rank >= 1)) throw new StatisticInputError("simultaneous band", `no band has the level ${level}`);
  return {
    median: points.map(median),
    low: points.map((values, p) => values[orders[p][rank - 1]]),
    high: points.map((values, p) => values[orders[p][n - rank]]),
    rank,
  };
}

/** Rank, from the nearer end, of the outer of the two middle values of a sample. */
function medianDepth(order: Uint32Array, counts: Uint32Array): number {
  const n = order.length;
  let seen = 0;
  let lower = 0;
  for (let rank = 1; rank <= n; rank++) {
    seen += counts[order[rank - 1]];
    if (lower === 0 && 2 * seen >= n) lower = rank;
    if (2 * seen > n) return Math.min(lower, n + 1 - rank);
  }
  return lower;
}

function pointsOf(curves: readonly ArrayLike<number>[], { n, counts }: Resampling): Float64Array[] {
  if (curves.length < FEWEST_CURVES) {
    throw new TooFewObservationsError("simultaneous band", curves.length, FEWEST_CURVES);
  }
  if (n !== curves.length) {
    throw new StatisticInputError("simultaneous band", `a resampling of ${n} for ${curves.length} curves`);
  }
  const bad = counts.findIndex((sample) => sample.length !== n || sample.reduce((sum, times) => sum + times, 0) !== n);
  if (counts.length === 0 || bad >= 0) {
    throw new StatisticInputError(
      "simultaneous band",
      counts.length === 0 ? "no samples" : `sample ${bad} is none of ${n}`,
    );
  }
  curves.forEach((curve, i) => {
    requireObservations("simultaneous band", curve, 1);
    if (curve.length === curves[0].length) return;
    throw new StatisticInputError("simultaneous band", `curve ${i} has ${curve.length} points of ${curves[0].length}`);
  });
  return Array.from({ length: curves[0].length }, (_, p) => Float64Array.from(curves, (curve) => curve[p]));
}
