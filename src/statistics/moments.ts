import { StatisticInputError } from "./statistic-input-error.ts";
import { requireObservations } from "./too-few-observations-error.ts";

/** Arithmetic mean, in the values' unit. @throws {TooFewObservationsError} of nothing, or of what is no number */
export function mean(values: ArrayLike<number>): number {
  requireObservations("mean", values, 1);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/**
 * Sample standard deviation (divisor n − 1), in the values' unit, by two passes.
 * @throws {TooFewObservationsError} below two, or of what is no number
 * @see Chan, Golub & LeVeque (1983), "Algorithms for computing the sample variance", for the two passes
 */
export function standardDeviation(values: ArrayLike<number>): number {
  requireObservations("standard deviation", values, 2);
  const centre = mean(values);
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i] - centre) ** 2;
  return Math.sqrt(squares / (values.length - 1));
}

/**
 * Mean and central moments of orders two to four, by sums about the mean with divisor n; their units are powers of the
 * values'.
 * @throws {TooFewObservationsError} of nothing, or of what is no number
 */
export function centralMoments(values: ArrayLike<number>) {
  const centre = mean(values);
  const n = values.length;
  let [m2, m3, m4] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const square = (values[i] - centre) ** 2;
    m2 += square / n;
    m3 += (square * (values[i] - centre)) / n;
    m4 += (square * square) / n;
  }
  return { centre, m2, m3, m4 };
}

/**
 * Quantile by linear interpolation between order statistics, type 7 of Hyndman & Fan (1996), as R and NumPy default.
 *
 * @param share - in [0, 1]
 * @throws {TooFewObservationsError} of nothing, or of what is no number
 * @throws {StatisticInputError} of a share outside [0, 1]
 */
export function quantile(values: ArrayLike<number>, share: number): number {
  requireObservations("quantile", values, 1);
  if (!(share >= 0 && share <= 1)) throw new StatisticInputError("quantile", `a share of ${share}`);
  const sorted = new Float64Array(values).sort();
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}

/**
 * Middle value, or the mean of the two in the middle.
 * @returns in the values' unit, exact
 * @throws as {@link quantile}
 */
export function median(values: ArrayLike<number>): number {
  return quantile(values, 0.5);
}
