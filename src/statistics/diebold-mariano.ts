import tCdf from "@stdlib/stats-base-dists-t-cdf";

import { mean } from "./moments.ts";
import { StatisticInputError } from "./statistic-input-error.ts";
import { requireObservations } from "./too-few-observations-error.ts";

/** Comparison of two forecasts. */
export interface DieboldMariano {
  /** Mean of loss 1 less loss 2; positive when forecast 1 is worse. */
  readonly difference: number;
  /** With the small-sample factor; ±Infinity when the losses differ by a constant. */
  readonly statistic: number;
  /** Two-sided, by Student's t with n - 1 degrees. */
  readonly p: number;
  /** Estimator of the long-run variance that was used. */
  readonly kernel: "rectangular" | "bartlett";
}

/**
 * Diebold and Mariano's test that two forecasts have equal expected loss, with the factor of Harvey, Leybourne and
 * Newbold, √((n + 1 - 2h + h(h - 1)/n)/n), and Student's t.
 *
 * The long-run variance sums autocovariances to lag h - 1 with equal weights; where that estimate is not positive,
 * which an alternating series makes happen, Bartlett's weights are used, whose estimate cannot be negative.
 * @param horizon - h, steps ahead that the forecasts are made, from 1 to n - 1
 * @returns the difference in the losses' unit, p within [0, 1]; the law is asymptotic, made better for few losses by the factor
 * @throws {TooFewObservationsError} below two losses, or of one that is no number
 * @throws {StatisticInputError} of columns of different lengths, or a horizon outside its range
 * @see Diebold & Mariano (1995); Harvey, Leybourne & Newbold (1997), equation 9
 */
export function dieboldMariano(losses1: ArrayLike<number>, losses2: ArrayLike<number>, horizon = 1): DieboldMariano {
  requireObservations("Diebold–Mariano", losses1, 2);
  requireObservations("Diebold–Mariano", losses2, 2);
  const n = losses1.length;
  if (losses2.length !== n) throw new StatisticInputError("Diebold–Mariano", `${n} losses against ${losses2.length}`);
  if (!(Number.isInteger(horizon) && horizon >= 1 && horizon < n)) {
    throw new StatisticInputError("Diebold–Mariano", `horizon ${horizon} of ${n} losses, expected 1 to ${n - 1}`);
  }
  const differences = Float64Array.from(losses1, (loss, t) => loss - losses2[t]);
  const difference = mean(differences);
  const lags = Array.from({ length: horizon }, (_, lag) => autocovariance(differences, difference, lag));
  const longRun = (weight: (lag: number) => number): number =>
    lags.reduce((sum, value, lag) => sum + (lag === 0 ? 1 : 2 * weight(lag)) * value, 0);
  // Below this a variance is the rounding of a constant series.
  const rounding = (1e-14 * difference) ** 2;
  let kernel: DieboldMariano["kernel"] = "rectangular";
  let variance = longRun(() => 1);
  if (!(variance > 1e-12 * lags[0])) {
    kernel = "bartlett";
    variance = longRun((lag) => 1 - lag / horizon);
  }
  const factor = Math.sqrt((n + 1 - 2 * horizon + (horizon * (horizon - 1)) / n) / n);
  if (!(variance > rounding)) {
    const isEqual = difference === 0;
    return { difference, statistic: isEqual ? 0 : Math.sign(difference) * Infinity, p: isEqual ? 1 : 0, kernel };
  }
  const statistic = (factor * difference) / Math.sqrt(variance / n);
  return { difference, statistic, p: 2 * tCdf(-Math.abs(statistic), n - 1), kernel };
}

/** Divisor n, which makes Bartlett's estimate non-negative. */
function autocovariance(values: Float64Array, centre: number, lag: number): number {
  let sum = 0;
  for (let t = lag; t < values.length; t++) sum += (values[t] - centre) * (values[t - lag] - centre);
  return sum / values.length;
}
