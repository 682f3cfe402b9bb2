import {
  fitHar,
  forecastHar,
  HarHistoryError,
  HarZeroVarianceError,
  type HarSpans,
} from "../../../src/processes/har.ts";
import type { PriceBars } from "../../../src/processes/history.ts";
import { NoBarsError, realisedVariances, shortestLife } from "../../../src/processes/realised-variance.ts";
import type { TimeWindow } from "../../../src/processes/windows.ts";

/** A forecaster of variance that needs no option: what models have to beat. */
export interface Benchmark {
  readonly name: string;
  readonly summary: string;
  /**
   * Annualised variance forecast over the horizon from `time` (Unix seconds); undefined where the file does not hold
   * what the forecast rests on.
   */
  forecast(time: number): number | undefined;
}

const DAY = 86_400;
/** What HAR looks back, in horizons: days, or weeks of daily bars. */
const DAILY_SPANS: HarSpans = [1, 7, 30];
const WEEKLY_SPANS: HarSpans = [1, 4, 13];

/** Seconds of prices that HAR wants before a forecast. */
export function harMemory(bars: PriceBars): number {
  return spansOf(bars)[2] * shortestLife(bars);
}

/** The mean realised variance of the calm origins: the constant with the least QLIKE there. */
export function bestConstant(realised: readonly number[]): Benchmark {
  const variance = realised.reduce((sum, value) => sum + value, 0) / realised.length;
  return { name: "best-constant", summary: "the calm window's mean realised variance", forecast: () => variance };
}

/**
 * HAR fitted on a window and what it looks back to before it; undefined where the file is too short or holds a horizon
 * without a move.
 */
export function har(bars: PriceBars, { from, to }: TimeWindow): Benchmark | undefined {
  const spans = spansOf(bars);
  const horizon = shortestLife(bars);
  const memory = harMemory(bars);
  if (from - memory < bars.times[0] + bars.barSeconds) return undefined;
  const model = orNothing(() => fitHar(realisedVariances(bars, from - memory, to, horizon), 1, spans));
  if (model === undefined) return undefined;
  return {
    name: "har",
    summary: `HAR: realised variance of the last ${horizon === DAY ? "day, week and month" : "week, month and quarter"}`,
    forecast: (time) => orNothing(() => forecastHar(model, realisedVariances(bars, time - memory, time, horizon))),
  };
}

function spansOf(bars: PriceBars): HarSpans {
  return shortestLife(bars) > DAY ? WEEKLY_SPANS : DAILY_SPANS;
}

function orNothing<Value>(make: () => Value): Value | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof HarHistoryError || error instanceof HarZeroVarianceError || error instanceof NoBarsError) {
      return undefined;
    }
    throw error;
  }
}
