import { qlike } from "../../../src/processes/har.ts";

/** A forecast of variance beside what was realised, both annualised. */
export interface ScoredForecast {
  readonly forecast: number;
  readonly realised: number;
}

/** Scores of variance forecasts; null of none. Lower is better for both. */
export interface ForecastScore {
  readonly qlike: number | null;
  readonly logError: number | null;
  readonly origins: number;
}

/**
 * Mean QLIKE, and root mean square of ln(forecast vol/realised vol). A life without a move has neither and is left out of
 * the count.
 */
export function scoreForecasts(all: readonly ScoredForecast[]): ForecastScore {
  const forecasts = all.filter(({ realised }) => realised > 0);
  if (forecasts.length === 0) return { qlike: null, logError: null, origins: 0 };
  let loss = 0;
  let square = 0;
  for (const { forecast, realised } of forecasts) {
    loss += qlike(realised, forecast);
    square += (0.5 * Math.log(realised / forecast)) ** 2;
  }
  const n = forecasts.length;
  return { qlike: loss / n, logError: Math.sqrt(square / n), origins: n };
}
