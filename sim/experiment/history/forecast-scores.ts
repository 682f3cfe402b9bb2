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
 * Mean QLIKE, realised/forecast − ln(realised/forecast) − 1, and root mean square of ln(forecast vol/realised vol).
 * @see Patton (2011), "Volatility forecast comparison using imperfect volatility proxies"
 */
export function scoreForecasts(forecasts: readonly ScoredForecast[]): ForecastScore {
  if (forecasts.length === 0) return { qlike: null, logError: null, origins: 0 };
  let qlike = 0;
  let square = 0;
  for (const { forecast, realised } of forecasts) {
    const ratio = realised / forecast;
    qlike += ratio - Math.log(ratio) - 1;
    square += (0.5 * Math.log(ratio)) ** 2;
  }
  const n = forecasts.length;
  return { qlike: qlike / n, logError: Math.sqrt(square / n), origins: n };
}
