import binomialCdf from "@stdlib/stats-base-dists-binomial-cdf";

import { binomialTest } from "./binomial-test.ts";
import { requireLevel, requireWhole, StatisticInputError } from "./statistic-input-error.ts";

/**
 * Exact two-sided sign test of paired differences: under the null a difference is as likely above zero as below it.
 * Pairs without a sign count for neither.
 * @returns the p-value, in (0, 1]; 1 where no pair has a sign
 * @throws {StatisticInputError} unless both are whole and not negative, with at most ten million of both
 * @see Dixon & Mood (1946), The statistical sign test
 */
export function signTest(positive: number, negative: number): number {
  requireWhole("sign test", "positive differences", positive, 0, Number.MAX_SAFE_INTEGER);
  requireWhole("sign test", "negative differences", negative, 0, Number.MAX_SAFE_INTEGER);
  return positive === 0 && negative === 0 ? 1 : binomialTest(positive, positive + negative, 0.5);
}

/**
 * Fewest of n pairs that must agree in sign for the test to reject at a level; undefined where not even all of them
 * do. Two-sided, p = 2 F(n − k; n, ½).
 * @param alpha - level in (0, 1)
 * @returns a whole number of pairs, exact
 * @throws {StatisticInputError} of no pairs, more than a million, or a level outside (0, 1)
 * @see Dixon & Mood (1946), "The statistical sign test"
 */
export function fewestAgreeing(n: number, alpha = 0.05): number | undefined {
  requirePairs(n);
  requireLevel("sign test", alpha);
  let fewest: number | undefined;
  for (let agreeing = n; 2 * agreeing > n && 2 * binomialCdf(n - agreeing, n, 0.5) <= alpha; agreeing--)
    fewest = agreeing;
  return fewest;
}

/**
 * Smallest share of all pairs that must go one way for the test of n pairs to reject with the stated power, to a
 * thousandth; undefined where n pairs cannot reject at all.
 * @throws {StatisticInputError} as {@link fewestAgreeing}, or of a power outside (0, 1)
 */
export function smallestDetectableShare(n: number, { alpha = 0.05, power = 0.8 } = {}): number | undefined {
  requireLevel("sign test", power);
  const fewest = fewestAgreeing(n, alpha);
  if (fewest === undefined) return undefined;
  const powerAt = (share: number) => 1 - binomialCdf(fewest - 1, n, share) + binomialCdf(n - fewest, n, share);
  let [low, high] = [0.5, 1];
  while (high - low > 1e-3) {
    const middle = (low + high) / 2;
    if (powerAt(middle) >= power) high = middle;
    else low = middle;
  }
  return high;
}

function requirePairs(n: number): void {
  if (!(Number.isInteger(n) && n >= 1 && n <= 1e6))
    throw new StatisticInputError("sign test", `${n} pairs, expected 1 to 1,000,000`);
}
