import tCdf from "@stdlib/stats-base-dists-t-cdf";

import type { Random } from "../random/random.ts";

import { mean, standardDeviation } from "./moments.ts";
import { MOST_RESAMPLES, requireWhole, StatisticInputError } from "./statistic-input-error.ts";
import { requireObservations, TooFewObservationsError } from "./too-few-observations-error.ts";

/**
 * One-sided t test that the mean of paired differences exceeds `bound`.
 *
 * @param bound - in the differences' unit
 * @returns p-value of H0: mean ≤ bound; 0 or 1 when the differences do not vary
 * @throws {TooFewObservationsError} below two pairs, or of what is no number
 * @throws {StatisticInputError} of a bound that is no number
 * @see Student (1908), "The probable error of a mean"
 */
export function pairedTTest(differences: ArrayLike<number>, bound = 0): number {
  if (!Number.isFinite(bound)) throw new StatisticInputError("paired t test", `a bound of ${bound}`);
  const spread = standardDeviation(differences) / Math.sqrt(differences.length);
  const distance = mean(differences) - bound;
  if (spread === 0) return distance > 0 ? 0 : 1;
  return 1 - tCdf(distance / spread, differences.length - 1);
}

/** Sign patterns of n differences, the identity left out; drawn once, they serve any number of tests. */
export interface SignFlips {
  readonly n: number;
  /** 1 or −1 for each difference. */
  readonly patterns: readonly Int8Array[];
}

/**
 * Sign patterns of n differences: all 2^n − 1 but the identity where there are no more of them than `permutations`,
 * otherwise that many at random.
 * @param n - differences
 * @throws {TooFewObservationsError} below two differences
 * @throws {StatisticInputError} of a number of differences or permutations that is none
 * @see Fisher (1935), "The design of experiments", section 21
 */
export function signFlips(n: number, random: Random, permutations = 4095): SignFlips {
  if (!(n >= 2)) throw new TooFewObservationsError("sign-flip test", n, 2);
  requireWhole("sign-flip test", "differences", n, 2, MOST_RESAMPLES);
  requireWhole("sign-flip test", "permutations", permutations, 1, MOST_RESAMPLES);
  const isExact = n <= 30 && 2 ** n - 1 <= permutations;
  const patterns = Array.from({ length: isExact ? 2 ** n - 1 : permutations }, (_, index) => {
    const signs = new Int8Array(n);
    let word = 0;
    for (let i = 0; i < n; i++) {
      // One draw has bits for 32 signs.
      if (i % 32 === 0) word = isExact ? index + 1 : Math.floor(2 ** 32 * random.uniform(index, i / 32));
      signs[i] = ((word >>> (i % 32)) & 1) === 1 ? -1 : 1;
    }
    return signs;
  });
  return { n, patterns };
}

/**
 * Two-sided paired sign-flip permutation test of a zero mean: under the null a difference is as likely as its
 * opposite. The identity counts as one of the permutations, so the p-value is never zero (Phipson & Smyth 2010).
 *
 * @returns p-value in (0, 1]; with random patterns good to about √(p/permutations)
 * @throws {TooFewObservationsError} below two pairs, or of a difference that is not finite
 * @throws {StatisticInputError} of sign patterns for another number of differences
 * @see Fisher (1935), "The design of experiments", section 21
 */
export function signFlipTest(differences: ArrayLike<number>, { n, patterns }: SignFlips): number {
  requireObservations("sign-flip test", differences, 2);
  if (patterns.length === 0) throw new StatisticInputError("sign-flip test", "no sign patterns");
  if (differences.length !== n || patterns.some((signs) => signs.length !== n)) {
    throw new StatisticInputError("sign-flip test", `signs for ${n} of ${differences.length} differences`);
  }
  let total = 0;
  for (let i = 0; i < n; i++) total += differences[i];
  const observed = Math.abs(total);
  const tolerance = 1e-12 * Math.max(1, observed);
  let asLarge = 1;
  for (const signs of patterns) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += signs[i] * differences[i];
    if (Math.abs(sum) >= observed - tolerance) asLarge++;
  }
  return asLarge / (patterns.length + 1);
}
