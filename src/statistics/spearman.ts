import normalQuantile from "@stdlib/stats-base-dists-normal-quantile";

import { requireLevel, StatisticInputError } from "./statistic-input-error.ts";
import { requireObservations, TooFewObservationsError } from "./too-few-observations-error.ts";

/**
 * Ranks from 1, ties sharing their mean rank.
 * @throws {TooFewObservationsError} of a value that is no number
 * @see Kendall (1948), "Rank correlation methods", on ties
 */
export function ranks(values: ArrayLike<number>): Float64Array {
  requireObservations("ranks", values, 0);
  const order = Array.from(values, (_, i) => i).sort((a, b) => values[a] - values[b]);
  const result = new Float64Array(values.length);
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to + 1 < order.length && values[order[to + 1]] === values[order[from]]) to++;
    for (let i = from; i <= to; i++) result[order[i]] = (from + to) / 2 + 1;
    from = to + 1;
  }
  return result;
}

/**
 * Spearman's rank correlation, ties by mean ranks.
 *
 * @returns within [-1, 1]
 * @throws {TooFewObservationsError} below three pairs, of what is no number, or where one side does not vary
 * @see Spearman (1904), "The proof and measurement of association between two things"
 */
export function spearman(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length < 3 || a.length !== b.length) {
    throw new TooFewObservationsError("Spearman's correlation", Math.min(a.length, b.length), 3);
  }
  const x = ranks(a);
  const y = ranks(b);
  const centre = (a.length + 1) / 2;
  let xy = 0;
  let xx = 0;
  let yy = 0;
  for (let i = 0; i < x.length; i++) {
    xy += (x[i] - centre) * (y[i] - centre);
    xx += (x[i] - centre) ** 2;
    yy += (y[i] - centre) ** 2;
  }
  if (xx === 0 || yy === 0) throw new TooFewObservationsError("Spearman's correlation (distinct values)", 1, 2);
  return xy / Math.sqrt(xx * yy);
}

/**
 * Interval of Spearman's correlation of `n` independent pairs: tanh(artanh ρ ± z √(1.06/(n − 3))).
 *
 * Good for |ρ| up to about 0.8; at ±1 the interval is the point.
 * @throws {TooFewObservationsError} below ten pairs
 * @throws {StatisticInputError} of a correlation outside [-1, 1] or a level outside (0, 1)
 * @see Fieller, Hartley & Pearson (1957), "Tests for rank correlation coefficients", I
 */
export function spearmanInterval(
  correlation: number,
  n: number,
  level = 0.95,
): { readonly low: number; readonly high: number } {
  if (!(Math.abs(correlation) <= 1)) {
    throw new StatisticInputError("interval of Spearman's correlation", `a correlation of ${correlation}`);
  }
  requireLevel("interval of Spearman's correlation", level);
  if (!(n >= 10 && n < Infinity)) throw new TooFewObservationsError("interval of Spearman's correlation", n, 10);
  const half = normalQuantile((1 + level) / 2, 0, 1) * Math.sqrt(1.06 / (n - 3));
  return { low: Math.tanh(Math.atanh(correlation) - half), high: Math.tanh(Math.atanh(correlation) + half) };
}
