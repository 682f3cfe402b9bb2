import { median, quantile } from "./moments.ts";
import { StatisticInputError } from "./statistic-input-error.ts";
import { TooFewObservationsError } from "./too-few-observations-error.ts";

/** One threshold of a monitor. */
export interface AlarmPoint {
  readonly threshold: number;
  /** Share of unchanged series that raise an alarm. */
  readonly falseAlarms: number;
  /** Share of changed series that raise one. */
  readonly detected: number;
  /** Observations from the change to the alarm, median over changed series, Infinity where half raise none. */
  readonly medianDelay: number;
}

/**
 * Delay against false alarms of a monitor whose statistic alarms above a threshold. Thresholds are quantiles of the
 * largest values of `reference` series, so that those of `calm` have no part in choosing them.
 * @param reference - statistics of unchanged series, to take thresholds from
 * @param calm - statistics of other unchanged series
 * @param changed - statistics of series from their change on
 * @param shares - false alarms aimed at, each in (0, 1)
 * @returns delays in observations
 * @throws {TooFewObservationsError} of no series on any side
 * @throws {StatisticInputError} of a share outside (0, 1)
 */
export function alarmCurve(
  reference: readonly ArrayLike<number>[],
  calm: readonly ArrayLike<number>[],
  changed: readonly ArrayLike<number>[],
  shares: readonly number[],
): AlarmPoint[] {
  const fewest = Math.min(reference.length, calm.length, changed.length);
  if (fewest === 0) throw new TooFewObservationsError("alarm curve", fewest, 1);
  const peaks = reference.map((series) => Math.max(...Array.from(series)));
  return shares.map((share) => {
    if (!(share > 0 && share < 1)) throw new StatisticInputError("alarm curve", `a share of ${share} false alarms`);
    const threshold = quantile(peaks, 1 - share);
    const delays = changed.map((series) => firstAbove(series, threshold));
    return {
      threshold,
      falseAlarms: calm.filter((series) => firstAbove(series, threshold) < Infinity).length / calm.length,
      detected: delays.filter((delay) => delay < Infinity).length / delays.length,
      medianDelay: medianWithInfinity(delays),
    };
  });
}

/**
 * Index of the first value above the threshold; Infinity of none.
 * @param threshold - in the series' unit; a value that is no number is above none
 */
export function firstAbove(series: ArrayLike<number>, threshold: number): number {
  for (let t = 0; t < series.length; t++) if (series[t] > threshold) return t;
  return Infinity;
}

function medianWithInfinity(delays: readonly number[]): number {
  const finite = delays.filter((delay) => delay < Infinity);
  if (2 * finite.length <= delays.length) return Infinity;
  // Undetected series are the largest: any finite stand-in above the others leaves the median where it is.
  const beyond = Math.max(...finite) + 1;
  return median(delays.map((delay) => Math.min(delay, beyond)));
}
