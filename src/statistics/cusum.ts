import { StatisticInputError } from "./statistic-input-error.ts";
import { requireObservations, TooFewObservationsError } from "./too-few-observations-error.ts";

/** A chart's alarm. */
export interface CusumAlarm {
  /** Index of the observation that raised it. */
  readonly at: number;
  readonly side: "up" | "down";
  /** Estimated index of the first observation after the change: that after the sum last was zero. */
  readonly since: number;
}

/** Reference value k and decision interval h, both in standard deviations of a calm observation. */
export interface CusumChart {
  readonly allowance: number;
  readonly threshold: number;
}

/** One point of the trade between false alarms and delay. */
export interface DetectionPoint {
  readonly threshold: number;
  /** Share of calm series that raise an alarm. */
  readonly falseAlarms: number;
  /** Share of changed series that raise one at or after the change, without one before. */
  readonly detected: number;
  /** Mean number of observations from the change to the alarm, of those detected; Infinity of none. */
  readonly meanDelay: number;
}

/**
 * Alarms of Page's two-sided cumulative sum on standardised observations: S⁺ = max(0, S⁺ + z - k), likewise downwards,
 * an alarm where a sum exceeds h. Both sums start again after an alarm.
 * @param standardised - (x - calm mean) / calm sd
 * @returns places in observations; exact
 * @throws {TooFewObservationsError} of nothing, or of what is no number
 * @throws {StatisticInputError} of a chart that is none
 * @see Page (1954), "Continuous inspection schemes"
 */
export function cusum(standardised: ArrayLike<number>, { allowance, threshold }: CusumChart): CusumAlarm[] {
  requireObservations("CUSUM", standardised, 1);
  requireChart({ allowance, threshold });
  const alarms: CusumAlarm[] = [];
  let [up, down, upSince, downSince] = [0, 0, 0, 0];
  for (let t = 0; t < standardised.length; t++) {
    up += standardised[t] - allowance;
    down += -standardised[t] - allowance;
    if (up <= 0) [up, upSince] = [0, t + 1];
    if (down <= 0) [down, downSince] = [0, t + 1];
    if (Math.max(up, down) <= threshold) continue;
    alarms.push(up >= down ? { at: t, side: "up", since: upSince } : { at: t, side: "down", since: downSince });
    [up, down, upSince, downSince] = [0, 0, t + 1, t + 1];
  }
  return alarms;
}

/**
 * The larger of both cumulative sums after each observation, never restarted: what a threshold is compared with.
 * @returns standard deviations; exact but for rounding
 * @throws as {@link cusum}
 * @see Page (1954)
 */
export function cusumPath(standardised: ArrayLike<number>, allowance: number): Float64Array {
  requireObservations("CUSUM", standardised, 1);
  requireChart({ allowance, threshold: 1 });
  let [up, down] = [0, 0];
  return Float64Array.from(standardised, (z) => {
    up = Math.max(0, up + z - allowance);
    down = Math.max(0, down - z - allowance);
    return Math.max(up, down);
  });
}

/**
 * Mean number of observations to an alarm of the two-sided chart on independent normals, by Siegmund's approximation:
 * (e^(-2Δb) + 2Δb - 1)/(2Δ²) per side, Δ = ±shift - k, b = h + 1.166; within a few per cent for h ≥ 3.
 * @param shift - of the mean, in standard deviations; 0 for the time between false alarms
 * @returns observations; Infinity where the alarm is out of the doubles' reach
 * @throws {StatisticInputError} of a chart that is none, or a shift that is no number
 * @see Siegmund (1985), "Sequential analysis"; Montgomery (2013), "Introduction to statistical quality control", 9.1
 */
export function cusumRunLength({ allowance, threshold }: CusumChart, shift: number): number {
  requireChart({ allowance, threshold });
  if (!Number.isFinite(shift)) throw new StatisticInputError("CUSUM", `a shift of ${shift}`);
  const side = (drift: number): number => {
    const delta = drift - allowance;
    const b = threshold + 1.166;
    if (Math.abs(delta) < 1e-6) return b * b;
    return (Math.expm1(-2 * delta * b) + 2 * delta * b) / (2 * delta * delta);
  };
  return 1 / (1 / side(shift) + 1 / side(-shift));
}

/**
 * Delay against false alarms over thresholds, from calm series and from series that change at `onset`.
 * @param onset - index of the first changed observation
 * @param allowance - k of the chart, standard deviations
 * @param thresholds - h of the chart, standard deviations
 * @returns shares within [0, 1], delays in observations
 * @throws {TooFewObservationsError} of no calm or no changed series
 * @throws {StatisticInputError} of a chart or an onset that is none
 * @see Montgomery (2013), 9.1
 */
export function detectionCurve(
  calm: readonly ArrayLike<number>[],
  changed: readonly ArrayLike<number>[],
  onset: number,
  allowance: number,
  thresholds: readonly number[],
): DetectionPoint[] {
  if (calm.length === 0 || changed.length === 0) {
    throw new TooFewObservationsError("detection curve", Math.min(calm.length, changed.length), 1);
  }
  if (!(Number.isInteger(onset) && onset >= 0))
    throw new StatisticInputError("detection curve", `an onset of ${onset}`);
  return thresholds.map((threshold) => {
    const first = (series: ArrayLike<number>): number => cusum(series, { allowance, threshold })[0]?.at ?? Infinity;
    const falseAlarms = calm.filter((series) => first(series) < Infinity).length / calm.length;
    const delays = changed.map((series) => first(series) - onset).filter((delay) => delay >= 0 && delay < Infinity);
    const total = delays.reduce((sum, delay) => sum + delay, 0);
    return {
      threshold,
      falseAlarms,
      detected: delays.length / changed.length,
      meanDelay: delays.length > 0 ? total / delays.length : Infinity,
    };
  });
}

function requireChart({ allowance, threshold }: CusumChart): void {
  if (allowance >= 0 && threshold > 0 && allowance + threshold < Infinity) return;
  throw new StatisticInputError("CUSUM", `allowance ${allowance} and threshold ${threshold}, expected ≥ 0 and > 0`);
}
