import binomialCdf from "@stdlib/stats-base-dists-binomial-cdf";

import { median } from "./moments.ts";
import { requireLevel, requireWhole } from "./statistic-input-error.ts";
import { requireObservations, TooFewObservationsError } from "./too-few-observations-error.ts";

/** Median with a distribution-free interval; `coverage` is the exact one of the chosen order statistics. */
export interface MedianInterval {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly coverage: number;
  readonly n: number;
}

/**
 * Order-statistic interval of the median: [x(r), x(n − r + 1)] with the largest r that keeps at least `level`
 * coverage, P = 1 − 2 F(r − 1; n, ½) (David & Nagaraja, Order Statistics, 2003, 7.1).
 *
 * @param level - least coverage, in (0, 1); `coverage` says when even the whole range has less
 * @throws {TooFewObservationsError} below six observations, where no 95 % interval exists
 * @throws {StatisticInputError} of a level outside (0, 1)
 */
export function medianInterval(values: ArrayLike<number>, level = 0.95): MedianInterval {
  requireObservations("order-statistic interval of the median", values, 6);
  requireLevel("order-statistic interval of the median", level);
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  const { rank, coverage } = medianRank(n, level);
  return { median: median(sorted), low: sorted[rank - 1], high: sorted[n - rank], coverage, n };
}

/**
 * Rank r of the order statistics that bound the median from n ≥ 6 observations, counted from either end, with their
 * exact coverage.
 * @throws {TooFewObservationsError} below six observations
 * @throws {StatisticInputError} of a level outside (0, 1) or more than 10⁹ observations
 * @see David & Nagaraja (2003), "Order statistics", 7.1
 */
export function medianRank(n: number, level = 0.95): { readonly rank: number; readonly coverage: number } {
  if (!(n >= 6)) throw new TooFewObservationsError("order-statistic interval of the median", n, 6);
  requireWhole("order-statistic interval of the median", "observations", n, 6, 1e9);
  requireLevel("order-statistic interval of the median", level);
  const coverage = (r: number) => 1 - 2 * binomialCdf(r - 1, n, 0.5);
  // Sought from where the normal law would have it.
  let r = Math.max(1, Math.min(Math.floor(n / 2), Math.floor(n / 2 - Math.sqrt(n))));
  while (r > 1 && coverage(r) < level) r--;
  while (r + 1 <= n / 2 && coverage(r + 1) >= level) r++;
  return { rank: r, coverage: coverage(r) };
}
