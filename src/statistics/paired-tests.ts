import tCdf from "@stdlib/stats-base-dists-t-cdf";

import type { Random } from "../random/random.ts";

import { mean, standardDeviation } from "./moments.ts";
import { requireObservations } from "./too-few-observations-error.ts";

/**
 * One-sided t test that the mean of paired differences exceeds `bound`.
 *
 * @returns p-value of H0: mean ≤ bound; 0 or 1 when the differences do not vary
 * @throws {TooFewObservationsError} below two pairs
 */
export function pairedTTest(differences: ArrayLike<number>, bound = 0): number {
  const spread = standardDeviation(differences) / Math.sqrt(differences.length);
  const distance = mean(differences) - bound;
  if (spread === 0) return distance > 0 ? 0 : 1;
  return 1 - tCdf(distance / spread, differences.length - 1);
}

/**
 * Two-sided paired sign-flip permutation test of a zero mean: under the null a difference is as likely as its
 * opposite. The identity counts as one of the permutations, so the p-value is never zero (Phipson & Smyth 2010).
 * All 2^n sign patterns are enumerated where there are no more of them than `permutations`.
 *
 * @throws {TooFewObservationsError} below two pairs
 */
export function signFlipTest(differences: ArrayLike<number>, random: Random, permutations = 4095): number {
  requireObservations("sign-flip test", differences, 2);
  const n = differences.length;
  const observed = Math.abs(signedSum(differences, () => 1));
  const tolerance = 1e-12 * Math.max(1, observed);
  if (n <= 30 && 2 ** n <= permutations + 1) {
    let asLarge = 0;
    for (let pattern = 0; pattern < 2 ** n; pattern++) {
      if (Math.abs(signedSum(differences, (i) => ((pattern >> i) & 1 ? -1 : 1))) >= observed - tolerance) asLarge++;
    }
    return asLarge / 2 ** n;
  }
  let asLarge = 1;
  for (let permutation = 0; permutation < permutations; permutation++) {
    const flipped = signedSum(differences, (i) => (random.uniform(permutation, i) < 0.5 ? -1 : 1));
    if (Math.abs(flipped) >= observed - tolerance) asLarge++;
  }
  return asLarge / (permutations + 1);
}

function signedSum(differences: ArrayLike<number>, sign: (i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < differences.length; i++) sum += sign(i) * differences[i];
  return sum;
}
