import { requireObservations } from "./too-few-observations-error.ts";

/** Arithmetic mean. @throws {TooFewObservationsError} of nothing */
export function mean(values: ArrayLike<number>): number {
  requireObservations("mean", values, 1);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/** Sample standard deviation (divisor n − 1). @throws {TooFewObservationsError} below two */
export function standardDeviation(values: ArrayLike<number>): number {
  requireObservations("standard deviation", values, 2);
  const centre = mean(values);
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i] - centre) ** 2;
  return Math.sqrt(squares / (values.length - 1));
}

/**
 * Quantile by linear interpolation between order statistics, type 7 of Hyndman & Fan (1996), as R and NumPy default.
 *
 * @param share - in [0, 1]
 */
export function quantile(values: ArrayLike<number>, share: number): number {
  requireObservations("quantile", values, 1);
  const sorted = new Float64Array(values).sort();
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}

export function median(values: ArrayLike<number>): number {
  return quantile(values, 0.5);
}
