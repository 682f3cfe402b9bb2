import binomialCdf from "@stdlib/stats-base-dists-binomial-cdf";

import { quantile } from "./moments.ts";
import { requireLevel, StatisticInputError } from "./statistic-input-error.ts";
import { requireObservations } from "./too-few-observations-error.ts";

/** A quantile with a distribution-free interval; an end that no order statistic gives is infinite. */
export interface QuantileInterval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** Exact coverage of the chosen order statistics under a continuous law. */
  readonly coverage: number;
  readonly n: number;
}

/**
 * Order-statistic interval of a quantile: [x(r), x(s)] with the largest r and the smallest s that leave at most half of
 * 1 − level beyond each, P(B < r) and P(B ≥ s), B binomial(n, share).
 *
 * Far quantiles of few observations have no finite end on a side, which is said with ±Infinity and not hidden.
 * @param share - in (0, 1)
 * @throws {TooFewObservationsError} of nothing
 * @throws {StatisticInputError} of a share or level outside (0, 1)
 * @see David & Nagaraja (2003), "Order statistics", 7.1
 */
export function quantileInterval(values: ArrayLike<number>, share: number, level = 0.95): QuantileInterval {
  requireObservations("order-statistic interval of a quantile", values, 1);
  if (!(share > 0 && share < 1)) {
    throw new StatisticInputError("order-statistic interval of a quantile", `a share of ${share}`);
  }
  requireLevel("order-statistic interval of a quantile", level);
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  const tail = (1 - level) / 2;
  // Rank 0 stands for −Infinity, rank n + 1 for Infinity; both are sought from the quantile's own place.
  const isBelow = (rank: number) => rank === 0 || binomialCdf(rank - 1, n, share) <= tail;
  const isAbove = (rank: number) => rank === n + 1 || 1 - binomialCdf(rank - 1, n, share) <= tail;
  let r = Math.floor(n * share);
  while (!isBelow(r)) r--;
  while (r < n && isBelow(r + 1)) r++;
  let s = Math.min(n, Math.ceil(n * share));
  while (!isAbove(s)) s++;
  while (s > 1 && isAbove(s - 1)) s--;
  return {
    value: quantile(sorted, share),
    low: r === 0 ? -Infinity : sorted[r - 1],
    high: s === n + 1 ? Infinity : sorted[s - 1],
    coverage: binomialCdf(s - 1, n, share) - (r === 0 ? 0 : binomialCdf(r - 1, n, share)),
    n,
  };
}
