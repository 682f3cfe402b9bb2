import binomialCdf from "@stdlib/stats-base-dists-binomial-cdf";

import { requireCounts } from "./binomial-interval.ts";
import { requireWhole, StatisticInputError } from "./statistic-input-error.ts";

/**
 * Exact two-sided test of a binomial rate: the chance, under `rate`, of all counts that are no likelier than the one
 * seen.
 * @param rate - hypothesised, in (0, 1)
 * @returns the p-value, in (0, 1]
 * @throws {NotACountError} unless 0 ≤ successes ≤ trials, both whole, trials at least 1
 * @throws {StatisticInputError} of a rate outside (0, 1), or more than ten million trials
 * @see Fisher (1935); R's binom.test
 */
export function binomialTest(successes: number, trials: number, rate: number): number {
  requireCounts(successes, trials);
  // Every count's chance is looked at.
  requireWhole("binomial test", "trials", trials, 1, MOST_TRIALS);
  if (!(rate > 0 && rate < 1)) throw new StatisticInputError("binomial test", `rate ${rate}, expected within (0, 1)`);
  const chances = logChances(trials, rate);
  // Equal chances may differ by rounding.
  const limit = chances[successes] + 1e-7;
  const mode = Math.floor((trials + 1) * rate);
  if (chances[successes] >= chances[Math.min(mode, trials)] - 1e-7) return 1;
  if (successes < mode) {
    const above = chances.findIndex((chance, count) => count >= mode && chance <= limit);
    return binomialCdf(successes, trials, rate) + (above < 0 ? 0 : upperTail(above, trials, rate));
  }
  const below = chances.findLastIndex((chance, count) => count <= mode && chance <= limit);
  return upperTail(successes, trials, rate) + (below < 0 ? 0 : binomialCdf(below, trials, rate));
}

const MOST_TRIALS = 1e7;

/** P(B ≥ count), by the mirrored law so that small tails keep their digits. */
function upperTail(count: number, trials: number, rate: number): number {
  return binomialCdf(trials - count, trials, 1 - rate);
}

/** ln of the chance of each count, up to the constant of none. */
function logChances(trials: number, rate: number): Float64Array {
  const chances = new Float64Array(trials + 1);
  const odds = Math.log(rate / (1 - rate));
  for (let count = 1; count <= trials; count++) {
    chances[count] = chances[count - 1] + Math.log((trials - count + 1) / count) + odds;
  }
  return chances;
}
