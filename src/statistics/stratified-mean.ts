import tQuantile from "@stdlib/stats-base-dists-t-quantile";

import { mean, standardDeviation } from "./moments.ts";
import { requireLevel, StatisticInputError } from "./statistic-input-error.ts";
import type { MeanInterval } from "./t-interval.ts";

/** Observations of one stratum, and its share of the population. */
export interface Stratum {
  readonly share: number;
  readonly values: readonly number[];
}

/**
 * Population mean from strata that were sampled at other shares than their own: Σ share × mean, with a two-sided
 * interval by Student's t at the Welch–Satterthwaite degrees of freedom.
 *
 * @param level - coverage in (0, 1), e.g. 0.95
 * @throws {TooFewObservationsError} for a stratum with fewer than two observations, or what is no number
 * @throws {StatisticInputError} of no stratum, a share that is no number, or a level outside (0, 1)
 * @see Cochran (1977), "Sampling Techniques", 5.4
 */
export function stratifiedMean(strata: readonly Stratum[], level = 0.95): MeanInterval {
  if (strata.length === 0) throw new StatisticInputError("stratified mean", "there is no stratum");
  requireLevel("stratified mean", level);
  let centre = 0;
  let variance = 0;
  let satterthwaite = 0;
  let n = 0;
  for (const [i, { share, values }] of strata.entries()) {
    if (!Number.isFinite(share))
      throw new StatisticInputError("stratified mean", `stratum ${i} has a share of ${share}`);
    const part = (share * standardDeviation(values)) ** 2 / values.length;
    centre += share * mean(values);
    variance += part;
    satterthwaite += part ** 2 / (values.length - 1);
    n += values.length;
  }
  const half = variance === 0 ? 0 : tQuantile((1 + level) / 2, variance ** 2 / satterthwaite) * Math.sqrt(variance);
  return { mean: centre, low: centre - half, high: centre + half, n };
}
