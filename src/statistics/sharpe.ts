import normalCdf from "@stdlib/stats-base-dists-normal-cdf";
import normalQuantile from "@stdlib/stats-base-dists-normal-quantile";

import { centralMoments } from "./moments.ts";
import { StatisticInputError } from "./statistic-input-error.ts";
import { requireObservations, TooFewObservationsError } from "./too-few-observations-error.ts";

/** Sharpe ratio per observation (not annualised) with what its uncertainty needs. */
export interface SharpeSample {
  readonly sharpe: number;
  readonly skewness: number;
  /** Raw: 3 for a normal law. */
  readonly kurtosis: number;
  readonly observations: number;
}

/**
 * Sharpe ratio, skewness and raw kurtosis of returns per period, by moments with divisor n but for the sd (n - 1).
 * @param returns - per period, not annualised
 * @returns per observation, by sums about the mean
 * @throws {TooFewObservationsError} below three returns, or when they do not vary
 * @see Bailey & López de Prado (2012), "The Sharpe ratio efficient frontier"
 */
export function sharpeSample(returns: ArrayLike<number>): SharpeSample {
  requireObservations("Sharpe ratio", returns, 3);
  const n = returns.length;
  const { centre, m2, m3, m4 } = centralMoments(returns);
  if (!(m2 > 1e-30 * centre * centre)) throw new TooFewObservationsError("Sharpe ratio (distinct returns)", 1, 2);
  return {
    sharpe: centre / Math.sqrt((m2 * n) / (n - 1)),
    skewness: m3 / m2 ** 1.5,
    kurtosis: m4 / (m2 * m2),
    observations: n,
  };
}

/**
 * Chance that the true Sharpe ratio exceeds `benchmark`:
 * Φ((SR - SR*)√(n - 1) / √(1 - γ3 SR + (γ4 - 1)/4 SR²)), all per observation.
 * @param benchmark - SR*, per observation
 * @returns within [0, 1]; asymptotic in the observations
 * @throws {StatisticInputError} below two observations, or of moments that no law has (γ4 < 1 + γ3²)
 * @see Bailey & López de Prado (2012), "The Sharpe ratio efficient frontier", equation 11
 */
export function probabilisticSharpe(sample: SharpeSample, benchmark: number): number {
  const { sharpe, skewness, kurtosis, observations } = sample;
  const spread = 1 - skewness * sharpe + 0.25 * (kurtosis - 1) * sharpe * sharpe;
  const isLaw = kurtosis >= 1 + skewness * skewness - 1e-9 && Number.isFinite(sharpe + benchmark);
  if (!(observations >= 2 && isLaw && spread > 0)) {
    throw new StatisticInputError(
      "probabilistic Sharpe ratio",
      `no law of two observations or more has Sharpe ${sharpe}, skewness ${skewness}, kurtosis ${kurtosis}`,
    );
  }
  return normalCdf(((sharpe - benchmark) * Math.sqrt(observations - 1)) / Math.sqrt(spread), 0, 1);
}

/**
 * Sharpe ratio that the best of unskilled trials is expected to show:
 * √V [(1 - γ) Φ⁻¹(1 - 1/N) + γ Φ⁻¹(1 - 1/(N e))], γ Euler's constant.
 * @param trials - independent trials, at least two
 * @param variance - of the trials' Sharpe ratios, per observation
 * @returns per observation; relative error below 1e-6 for up to 10⁹ trials, beyond which 1 - 1/N leaves the doubles
 * @throws {TooFewObservationsError} below two trials
 * @throws {StatisticInputError} of more than 10⁹ trials or a negative variance
 * @see Bailey & López de Prado (2014), "The deflated Sharpe ratio", equation 1
 */
export function expectedBestSharpe(trials: number, variance: number): number {
  if (!(trials >= 2)) throw new TooFewObservationsError("expected best Sharpe ratio (trials)", trials, 2);
  if (!(trials <= MOST_TRIALS && variance >= 0 && variance < Infinity)) {
    throw new StatisticInputError("expected best Sharpe ratio", `${trials} trials of variance ${variance}`);
  }
  const first = normalQuantile(1 - 1 / trials, 0, 1);
  const second = normalQuantile(1 - 1 / (trials * Math.E), 0, 1);
  return Math.sqrt(variance) * ((1 - EULER) * first + EULER * second);
}

/**
 * Chance that a strategy chosen as the best of `trials` has skill: the probabilistic Sharpe ratio against
 * {@link expectedBestSharpe}.
 * @param trials - independent trials, at least two
 * @param variance - of the trials' Sharpe ratios, per observation
 * @returns within [0, 1]
 * @throws as its parts
 * @see Bailey & López de Prado (2014), equation 2
 */
export function deflatedSharpe(sample: SharpeSample, trials: number, variance: number): number {
  return probabilisticSharpe(sample, expectedBestSharpe(trials, variance));
}

const EULER = 0.5772156649015329;
const MOST_TRIALS = 1e9;
