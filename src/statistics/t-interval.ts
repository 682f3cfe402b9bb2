import tQuantile from "@stdlib/stats-base-dists-t-quantile";

import { requireLevel } from "./statistic-input-error.ts";
import { mean, standardDeviation } from "./moments.ts";

export interface MeanInterval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly n: number;
}

/**
 * Mean with its two-sided Student t interval: mean ± t(n − 1) s/√n.
 *
 * @param level - coverage in (0, 1), e.g. 0.95; exact for normal observations
 * @throws {TooFewObservationsError} below two observations, or of what is no number
 * @throws {StatisticInputError} of a level outside (0, 1)
 * @see Student (1908), "The probable error of a mean", Biometrika 6
 */
export function tInterval(values: ArrayLike<number>, level = 0.95): MeanInterval {
  requireLevel("t interval", level);
  const centre = mean(values);
  const half = (tQuantile((1 + level) / 2, values.length - 1) * standardDeviation(values)) / Math.sqrt(values.length);
  return { mean: centre, low: centre - half, high: centre + half, n: values.length };
}
