import chiSquareCdf from "@stdlib/stats-base-dists-chisquare-cdf";

import { requireLevel, StatisticInputError } from "./statistic-input-error.ts";

const BISECTIONS = 100;

/**
 * Exact interval of a Poisson mean from one count (Garwood 1936): half the chi-square quantiles at the tails with 2k and
 * 2k + 2 degrees of freedom.
 * @param level - least coverage, in (0, 1)
 * @throws {StatisticInputError} of what is no count up to 10⁹, or a level outside (0, 1)
 */
export function poissonInterval(count: number, level = 0.95): { readonly low: number; readonly high: number } {
  requireLevel("Poisson interval", level);
  if (!(Number.isInteger(count) && count >= 0 && count <= 1e9))
    throw new StatisticInputError("Poisson interval", `a count of ${count}`);
  const tail = (1 - level) / 2;
  return {
    low: count === 0 ? 0 : chiSquareQuantile(tail, 2 * count) / 2,
    high: chiSquareQuantile(1 - tail, 2 * count + 2) / 2,
  };
}

/** By bisection of the distribution function: the kept library has no quantile. */
function chiSquareQuantile(p: number, degrees: number): number {
  let [low, high] = [0, degrees + 10 * Math.sqrt(2 * degrees) + 50];
  for (let i = 0; i < BISECTIONS; i++) {
    const middle = (low + high) / 2;
    if (chiSquareCdf(middle, degrees) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
