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

/** More pairs than any experiment takes: beyond, no number is told. */
const MOST_PAIRS = 1_000_000;

/**
 * Fewest pairs with which a two-sided paired t test finds a mean difference with the stated power; Infinity beyond a
 * million.
 * @param effect - the mean difference, in the unit of `sd`
 * @param sd - standard deviation of a pair's difference
 */
export function pairsNeeded(effect: number, sd: number, options: { alpha?: number; power?: number } = {}): number {
  requireObservations("power", [effect, sd], 2);
  const finds = (n: number) => smallestDetectable(sd, n, options) <= Math.abs(effect);
  if (!finds(MOST_PAIRS)) return Infinity;
  let [low, high] = [1, MOST_PAIRS];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (finds(middle)) high = middle;
    else low = middle;
  }
  return high;
}
