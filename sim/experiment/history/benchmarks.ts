import { fitHar, forecastHar, HarHistoryError, HarZeroVarianceError } from "../../../src/processes/har.ts";
import type { PriceBars } from "../../../src/processes/history.ts";
import { dailyRealisedVariances, shortestLife } from "../../../src/processes/realised-variance.ts";
import type { TimeWindow } from "../../../src/processes/windows.ts";

/** A forecaster of variance that needs no option: what models have to beat. */
export interface Benchmark {
  readonly name: string;
  readonly summary: string;
  /** Annualised variance forecast over the day from `time` (Unix seconds). */
  forecast(time: number): number;
}

const DAY = 86_400;
/** Days that HAR looks back. */
const MONTH = 30;

/** The mean realised variance of the calm origins: the constant with the least QLIKE there. */
export function bestConstant(realised: readonly number[]): Benchmark {
  const variance = realised.reduce((sum, value) => sum + value, 0) / realised.length;
  return { name: "best-constant", summary: "the calm window's mean realised variance", forecast: () => variance };
}

/**
 * HAR fitted on a window and the month before it; undefined where the file is too short or holds a day without a move,
 * and for daily bars, which have no variance of a day.
 */
export function har(bars: PriceBars, { from, to }: TimeWindow): Benchmark | undefined {
  if (shortestLife(bars) > DAY) return undefined;
  const first = bars.times[0] + bars.barSeconds;
  const days = Math.min(MONTH, Math.floor((from - first) / DAY));
  if (days < MONTH) return undefined;
  try {
    const model = fitHar(dailyRealisedVariances(bars, from - days * DAY, to), 1);
    const forecast = (time: number) => forecastHar(model, dailyRealisedVariances(bars, time - MONTH * DAY, time));
    return { name: "har", summary: "HAR: realised variance of the last day, week and month", forecast };
  } catch (error) {
    if (error instanceof HarHistoryError || error instanceof HarZeroVarianceError) return undefined;
    throw error;
  }
}
