import chiSquareCdf from "@stdlib/stats-base-dists-chisquare-cdf";

import { requireWhole, StatisticInputError } from "./statistic-input-error.ts";
import { requireObservations, TooFewObservationsError } from "./too-few-observations-error.ts";

/** A likelihood ratio with its chi-square p-value. */
export interface LikelihoodRatio {
  readonly statistic: number;
  /** Chance under the null of a statistic at least as large, asymptotically. */
  readonly p: number;
  readonly degrees: number;
}

/** Christoffersen's tests of a series of exceptions. */
export interface ExceptionTests {
  /** Right share of exceptions (Kupiec). */
  readonly coverage: LikelihoodRatio;
  /** Exceptions independent of the day before. */
  readonly independence: LikelihoodRatio;
  /** Both at once. */
  readonly conditional: LikelihoodRatio;
}

/**
 * Kupiec's test that exceptions come at the share `expected`: LR = -2 ln[p^x (1-p)^(n-x) / (π^x (1-π)^(n-x))], π = x/n.
 * @param exceptions - how many
 * @param days - of how many
 * @param expected - in (0, 1), such as 0.05 for a 95 % VaR
 * @returns asymptotic p: for few expected exceptions it is off by some per cent
 * @throws {TooFewObservationsError} of no days
 * @throws {StatisticInputError} when the counts or the share are none
 * @see Kupiec (1995), "Techniques for verifying the accuracy of risk measurement models"
 */
export function kupiecTest(exceptions: number, days: number, expected: number): LikelihoodRatio {
  if (!(days >= 1)) throw new TooFewObservationsError("Kupiec's test", days, 1);
  requireWhole("Kupiec's test", "days", days, 1, Number.MAX_SAFE_INTEGER);
  requireShare(expected);
  if (!(Number.isInteger(exceptions) && exceptions >= 0 && exceptions <= days)) {
    throw new StatisticInputError("Kupiec's test", `${exceptions} exceptions of ${days} days are no count`);
  }
  const calm = days - exceptions;
  const nullLikelihood = logTimes(exceptions, expected) + logTimes(calm, 1 - expected);
  const freeLikelihood = logTimes(exceptions, exceptions / days) + logTimes(calm, calm / days);
  return likelihoodRatio(freeLikelihood - nullLikelihood, 1);
}

/**
 * Christoffersen's tests of exceptions day by day.
 *
 * Coverage uses all days, as does Kupiec; independence the transitions between them. LR_cc = LR_uc + LR_ind.
 * @param exceptions - 1 where the loss exceeded VaR, 0 elsewhere, in order of time
 * @param expected - share of exceptions in (0, 1)
 * @returns asymptotic p-values, as of {@link kupiecTest}
 * @throws {TooFewObservationsError} below two days
 * @throws {StatisticInputError} of an entry that is neither
 * @see Christoffersen (1998), "Evaluating interval forecasts"
 */
export function christoffersenTests(exceptions: ArrayLike<number>, expected: number): ExceptionTests {
  requireObservations("Christoffersen's tests", exceptions, 2);
  const counts = [0, 0, 0, 0];
  let total = 0;
  for (let t = 0; t < exceptions.length; t++) {
    if (exceptions[t] !== 0 && exceptions[t] !== 1) {
      throw new StatisticInputError(
        "Christoffersen's tests",
        `an exception is 0 or 1, got ${exceptions[t]} on day ${t}`,
      );
    }
    total += exceptions[t];
    if (t > 0) counts[2 * exceptions[t - 1] + exceptions[t]]++;
  }
  return combine(kupiecTest(total, exceptions.length, expected), counts);
}

/**
 * The same from counts: [calm → calm, calm → exception, exception → calm, exception → exception].
 * @param expected - share of exceptions in (0, 1)
 * @returns asymptotic p-values, as of {@link kupiecTest}
 * @throws as {@link christoffersenTests}
 */
export function christoffersenFromCounts(
  transitions: readonly [number, number, number, number],
  expected: number,
): ExceptionTests {
  const [n00, n01, n10, n11] = transitions;
  for (const count of transitions) {
    requireWhole("Christoffersen's tests", "transitions", count, 0, Number.MAX_SAFE_INTEGER);
  }
  return combine(kupiecTest(n01 + n11, n00 + n01 + n10 + n11, expected), transitions);
}

function combine(coverage: LikelihoodRatio, [n00, n01, n10, n11]: readonly number[]): ExceptionTests {
  const afterCalm = n00 + n01;
  const afterException = n10 + n11;
  const share = (n01 + n11) / (afterCalm + afterException);
  const nullLikelihood = logTimes(n01 + n11, share) + logTimes(n00 + n10, 1 - share);
  const freeLikelihood =
    logTimes(n00, n00 / afterCalm) +
    logTimes(n01, n01 / afterCalm) +
    logTimes(n10, n10 / afterException) +
    logTimes(n11, n11 / afterException);
  const independence = likelihoodRatio(freeLikelihood - nullLikelihood, 1);
  return { coverage, independence, conditional: likelihoodRatio((coverage.statistic + independence.statistic) / 2, 2) };
}

/**
 * Acerbi and Székely's second statistic of an expected-shortfall forecast, losses positive:
 * Z2 = 1 - Σ L 1{L > VaR} / (N α ES).
 *
 * Zero in expectation when VaR and ES are right; negative when ES is too small. Its critical value at 5 % is near -0.7
 * for α = 2.5 %, over many laws of losses.
 * @param tail - α, such as 0.025
 * @returns from -Infinity to 1
 * @throws {TooFewObservationsError} of no day
 * @throws {StatisticInputError} of columns of different lengths, or an ES that is not positive or below its VaR
 * @see Acerbi & Székely (2014), "Back-testing expected shortfall", equation 6
 */
export function acerbiSzekelyZ2(
  losses: ArrayLike<number>,
  valueAtRisk: ArrayLike<number>,
  expectedShortfall: ArrayLike<number>,
  tail: number,
): number {
  requireShare(tail);
  for (const column of [losses, valueAtRisk, expectedShortfall]) {
    requireObservations("Acerbi and Székely's Z2", column, 1);
    if (column.length !== losses.length)
      throw new StatisticInputError("Acerbi and Székely's Z2", "losses and forecasts differ in length");
  }
  let sum = 0;
  for (let t = 0; t < losses.length; t++) {
    if (!(expectedShortfall[t] > 0 && expectedShortfall[t] >= valueAtRisk[t])) {
      throw new StatisticInputError(
        "Acerbi and Székely's Z2",
        `an expected shortfall is positive and at least VaR ${valueAtRisk[t]}, got ${expectedShortfall[t]} on day ${t}`,
      );
    }
    if (losses[t] > valueAtRisk[t]) sum += losses[t] / expectedShortfall[t];
  }
  return 1 - sum / (losses.length * tail);
}

/** n ln(share), with 0 ln 0 = 0. */
function logTimes(count: number, share: number): number {
  return count === 0 ? 0 : count * Math.log(share);
}

function likelihoodRatio(gain: number, degrees: number): LikelihoodRatio {
  const statistic = Math.max(0, 2 * gain);
  return { statistic, p: 1 - chiSquareCdf(statistic, degrees), degrees };
}

function requireShare(share: number): void {
  if (!(share > 0 && share < 1))
    throw new StatisticInputError("backtest", `a share of exceptions lies in (0, 1), got ${share}`);
}
