import betaQuantile from "@stdlib/stats-base-dists-beta-quantile";
import normalQuantile from "@stdlib/stats-base-dists-normal-quantile";

import { requireLevel } from "./statistic-input-error.ts";

/** An observed rate with its interval; rates in [0, 1]. */
export interface RateInterval {
  readonly rate: number;
  readonly low: number;
  readonly high: number;
}

/** The counts do not describe a sample. */
export class NotACountError extends Error {
  constructor(successes: number, trials: number) {
    super(`expected 0 ≤ successes ≤ trials with trials from 1 to 1e9, both whole, got ${successes} of ${trials}`);
    this.name = "NotACountError";
  }
}

/**
 * Exact interval of a binomial rate by quantiles of the beta law: it covers with at least `level`, whatever the rate.
 *
 * @param level - coverage in (0, 1), e.g. 0.95
 * @throws {NotACountError} unless 0 ≤ successes ≤ trials ≤ 10⁹, both whole, trials at least 1
 * @throws {StatisticInputError} of a level outside (0, 1)
 * @see Clopper & Pearson (1934), "The use of confidence or fiducial limits", Biometrika 26
 */
export function clopperPearson(successes: number, trials: number, level = 0.95): RateInterval {
  requireCounts(successes, trials);
  requireLevel("Clopper and Pearson's interval", level);
  const tail = (1 - level) / 2;
  return {
    rate: successes / trials,
    low: successes === 0 ? 0 : betaQuantile(tail, successes, trials - successes + 1),
    high: successes === trials ? 1 : betaQuantile(1 - tail, successes + 1, trials - successes),
  };
}

/**
 * Score interval of a binomial rate: (p̂ + z²/2n ± z √(p̂(1 - p̂)/n + z²/4n²))/(1 + z²/n), within [0, 1].
 *
 * It covers with `level` on average over rates; for single rates and few trials some per cent more or less.
 * @param level - coverage in (0, 1), e.g. 0.95
 * @throws {NotACountError} unless 0 ≤ successes ≤ trials ≤ 10⁹, both whole, trials at least 1
 * @throws {StatisticInputError} of a level outside (0, 1)
 * @see Wilson (1927), "Probable inference", JASA 22; Newcombe (1998), method 3
 */
export function wilson(successes: number, trials: number, level = 0.95): RateInterval {
  requireCounts(successes, trials);
  requireLevel("Wilson's interval", level);
  const z = normalQuantile((1 + level) / 2, 0, 1);
  const rate = successes / trials;
  const scale = 1 + z ** 2 / trials;
  const centre = (rate + z ** 2 / (2 * trials)) / scale;
  const half = (z / scale) * Math.sqrt((rate * (1 - rate)) / trials + z ** 2 / (4 * trials ** 2));
  return { rate, low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

/** @throws {NotACountError} unless 0 ≤ successes ≤ trials ≤ 10⁹, both whole, trials at least 1 */
export function requireCounts(successes: number, trials: number): void {
  const valid = Number.isInteger(successes) && Number.isInteger(trials) && trials >= 1 && trials <= MOST_TRIALS;
  if (!valid || successes < 0 || successes > trials) throw new NotACountError(successes, trials);
}

const MOST_TRIALS = 1e9;
