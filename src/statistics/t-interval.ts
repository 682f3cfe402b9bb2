import tQuantile from "@stdlib/stats-base-dists-t-quantile";

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
 * @param level - coverage, e.g. 0.95
 * @throws {TooFewObservationsError} below two observations
 */
export function tInterval(values: ArrayLike<number>, level = 0.95): MeanInterval {
  const centre = mean(values);
  const half = (tQuantile((1 + level) / 2, values.length - 1) * standardDeviation(values)) / Math.sqrt(values.length);
  return { mean: centre, low: centre - half, high: centre + half, n: values.length };
}
