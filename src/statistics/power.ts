import normalQuantile from "@stdlib/stats-base-dists-normal-quantile";
import tQuantile from "@stdlib/stats-base-dists-t-quantile";

import { requireObservations } from "./too-few-observations-error.ts";

/**
 * Smallest mean difference that a two-sided paired t test of n pairs finds with the stated power, in the unit of the
 * standard deviation: (t(1 − α/2, n − 1) + z(power)) s/√n.
 */
export function smallestDetectable(sd: number, n: number, { alpha = 0.05, power = 0.8 } = {}): number {
  requireObservations("power", [sd], 1);
  return ((tQuantile(1 - alpha / 2, n - 1) + normalQuantile(power, 0, 1)) * sd) / Math.sqrt(n);
}
