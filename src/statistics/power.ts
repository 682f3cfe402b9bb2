import normalQuantile from "@stdlib/stats-base-dists-normal-quantile";
import tQuantile from "@stdlib/stats-base-dists-t-quantile";

import { requireLevel, requireWhole, StatisticInputError } from "./statistic-input-error.ts";

/**
 * Smallest mean difference that a two-sided paired t test of n pairs finds with the stated power, in the unit of the
 * standard deviation: (t(1 − α/2, n − 1) + z(power)) s/√n.
 *
 * The normal quantile for the power makes it an approximation, a few per cent low below ten pairs.
 * @param sd - of a pair's difference, in its unit, not negative
 * @param n - pairs, at least 2
 * @param alpha - two-sided level in (0, 1)
 * @param power - chance to find it, in (0, 1)
 * @throws {StatisticInputError} of an input out of its range
 * @see Cohen (1988), "Statistical power analysis for the behavioral sciences"
 */
export function smallestDetectable(sd: number, n: number, { alpha = 0.05, power = 0.8 } = {}): number {
  if (!(sd >= 0 && sd < Infinity)) throw new StatisticInputError("power", `a standard deviation of ${sd}`);
  requireWhole("power", "pairs", n, 2, Number.MAX_SAFE_INTEGER);
  requireLevel("power", alpha);
  requireLevel("power", power);
  return ((tQuantile(1 - alpha / 2, n - 1) + normalQuantile(power, 0, 1)) * sd) / Math.sqrt(n);
}

/** More pairs than any experiment takes: beyond, no number is told. */
const MOST_PAIRS = 1_000_000;

/**
 * Fewest pairs with which a two-sided paired t test finds a mean difference with the stated power; Infinity beyond a
 * million.
 * @param effect - the mean difference, in the unit of `sd`
 * @param sd - standard deviation of a pair's difference
 * @throws {StatisticInputError} of an effect that is no number, or as {@link smallestDetectable}
 */
export function pairsNeeded(effect: number, sd: number, options: { alpha?: number; power?: number } = {}): number {
  if (!Number.isFinite(effect)) throw new StatisticInputError("power", `an effect of ${effect}`);
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
