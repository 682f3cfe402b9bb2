import { Matrix, solve } from "ml-matrix";

import { ProcessParameterError } from "./process-parameter-error.ts";

/** Days over which past realised variances are averaged, rising. */
export type HarSpans = readonly [number, number, number];

/** A day, a week, a month. */
const SPANS: HarSpans = [1, 7, 30];

/** Too short a history for the regression. */
export class HarHistoryError extends Error {
  override readonly name = "HarHistoryError";

  constructor(days: number, needed: number) {
    super(`a HAR forecast needs ${needed} days of realised variance, got ${days}`);
  }
}

/** A day without any move, whose logarithm does not exist: as a rule one that was filled in. */
export class HarZeroVarianceError extends Error {
  override readonly name = "HarZeroVarianceError";

  constructor(day: number, variance: number) {
    super(`a HAR forecast needs positive daily variances, that of day ${day} is ${variance}`);
  }
}

/** Frozen coefficients of ln RV(t+1 … t+h) on the logs of past averages. */
export interface HarModel {
  readonly horizonDays: number;
  readonly spans: HarSpans;
  /** Intercept, then a coefficient for each span. */
  readonly coefficients: readonly [number, number, number, number];
  /** Variance of the residuals: half of it takes the log forecast to the mean. */
  readonly residualVariance: number;
}

/**
 * Fits the heterogeneous autoregression of realised variance in logs by least squares, days being days of a market that
 * never closes.
 * @param dailyVariances - annualised realised variance of consecutive days, positive
 * @param horizonDays - days that the forecast averages over
 * @param spans - a day, a week and a month without
 * @throws {HarHistoryError} with fewer than thirty observations after the first longest span
 * @throws {HarZeroVarianceError} for a day without any move
 * @throws {ProcessParameterError} of a horizon or spans that are none, or when the regression is singular
 * @see Corsi (2009), "A simple approximate long-memory model of realized volatility", equation 11, in logs
 */
export function fitHar(dailyVariances: ArrayLike<number>, horizonDays: number, spans: HarSpans = SPANS): HarModel {
  const isWhole = (days: number): boolean => Number.isInteger(days) && days >= 1 && days <= 1e6;
  if (!(
    isWhole(horizonDays) &&
    spans.length === 3 &&
    spans.every(isWhole) &&
    spans[0] < spans[1] &&
    spans[1] < spans[2]
  )) {
    throw new ProcessParameterError("HAR", `a horizon of ${horizonDays} and spans of ${spans.join(", ")} days`);
  }
  const longest = spans[2];
  const needed = longest + horizonDays + 29;
  if (dailyVariances.length < needed) throw new HarHistoryError(dailyVariances.length, needed);
  requirePositive(dailyVariances);
  const rows: number[][] = [];
  const targets: number[][] = [];
  for (let day = longest; day + horizonDays <= dailyVariances.length; day++) {
    rows.push(regressors(dailyVariances, day, spans));
    targets.push([Math.log(average(dailyVariances, day, day + horizonDays))]);
  }
  const design = new Matrix(rows);
  const fitted = solve(design, new Matrix(targets), true);
  const residuals = Matrix.sub(new Matrix(targets), design.mmul(fitted));
  const [b0, b1, b2, b3] = fitted.getColumn(0);
  const residualVariance = residuals.dot(residuals) / (rows.length - 4);
  if (!Number.isFinite(b0 + b1 + b2 + b3 + residualVariance)) {
    throw new ProcessParameterError("HAR", `the regression over ${rows.length} days is singular`);
  }
  return { horizonDays, spans, coefficients: [b0, b1, b2, b3], residualVariance };
}

/**
 * Forecast of the mean annualised variance over the model's horizon.
 * @param dailyVariances - of consecutive days up to now; at least the longest span
 * @returns annualised variance, 1 = (100 %)²
 * @throws {HarHistoryError} with fewer
 * @throws {ProcessParameterError} when the model is none or its forecast leaves the doubles
 * @throws {HarZeroVarianceError} for a day without any move
 * @see Corsi (2009), equation 11, in logs
 */
export function forecastHar(model: HarModel, dailyVariances: ArrayLike<number>): number {
  const longest = model.spans[2];
  if (!(
    model.spans.length === 3 && model.spans.every((days) => Number.isInteger(days) && days >= 1 && days <= longest)
  )) {
    throw new ProcessParameterError("HAR", `a model with spans of ${model.spans.join(", ")} days`);
  }
  if (dailyVariances.length < longest) throw new HarHistoryError(dailyVariances.length, longest);
  requirePositive(dailyVariances);
  const x = regressors(dailyVariances, dailyVariances.length, model.spans);
  const log = x.reduce((sum, value, i) => sum + value * model.coefficients[i], 0);
  const forecast = Math.exp(log + 0.5 * model.residualVariance);
  if (forecast > 0 && forecast < Infinity) return forecast;
  throw new ProcessParameterError(
    "HAR",
    `a forecast of ${forecast} by the coefficients ${model.coefficients.join(", ")}`,
  );
}

/**
 * QLIKE loss of a variance forecast, RV/forecast - ln(RV/forecast) - 1: zero for a hit, and it ranks forecasts rightly
 * although realised variance is a noisy target.
 * @param realised - positive, in the forecast's unit
 * @throws {ProcessParameterError} of what is no positive variance
 * @see Patton (2011), "Volatility forecast comparison using imperfect volatility proxies", equation 24
 */
export function qlike(realised: number, forecast: number): number {
  const ratio = realised / forecast;
  if (!(ratio > 0 && ratio < Infinity && forecast > 0)) {
    throw new ProcessParameterError("QLIKE", `a realised variance of ${realised} against a forecast of ${forecast}`);
  }
  return ratio - Math.log(ratio) - 1;
}

function requirePositive(dailyVariances: ArrayLike<number>): void {
  for (let day = 0; day < dailyVariances.length; day++) {
    if (!(dailyVariances[day] > 0 && dailyVariances[day] < Infinity))
      throw new HarZeroVarianceError(day, dailyVariances[day]);
  }
}

function regressors(dailyVariances: ArrayLike<number>, day: number, spans: HarSpans): number[] {
  return [1, ...spans.map((span) => Math.log(average(dailyVariances, day - span, day)))];
}

function average(values: ArrayLike<number>, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += values[i];
  return sum / (to - from);
}
