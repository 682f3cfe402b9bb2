import { YEAR_SECONDS } from "../time/year.ts";
import type { PriceBars } from "./history.ts";
import { ProcessParameterError } from "./process-parameter-error.ts";

const DAY_SECONDS = 86_400;

/** Returns that a realised variance should rest on at least, weekends included. */
const FEWEST_BARS = 7;

/**
 * Seconds of the shortest life over which a realised variance of these bars means something: whole days that hold
 * seven bars. A day for hourly bars; a week for daily ones, which on markets that close holds five returns.
 * @throws {ProcessParameterError} of a spacing that is not positive
 */
export function shortestLife({ barSeconds }: Pick<PriceBars, "barSeconds">): number {
  if (!(barSeconds > 0 && barSeconds < Infinity))
    throw new ProcessParameterError("bars", `a spacing of ${barSeconds} s`);
  return DAY_SECONDS * Math.max(1, Math.ceil((FEWEST_BARS * barSeconds) / DAY_SECONDS));
}

/** No bars to measure a variance from. */
export class NoBarsError extends Error {
  override readonly name = "NoBarsError";

  constructor(source: string, from: number, to: number) {
    super(`${source} has fewer than two bars between Unix seconds ${from} and ${to}`);
  }
}

/**
 * Realised variance of close-to-close log returns between two times, annualised over the time that the returns cover.
 *
 * Bars beyond the data are left out, so that a life longer than the file is measured as far as the file goes.
 * @param from - Unix seconds
 * @param to - Unix seconds
 * @returns annualised, 1 = (100 %)²
 * @throws {NoBarsError} when fewer than two closes lie in the span
 * @throws {ProcessParameterError} of a close or time that is none
 * @see Andersen & Bollerslev (1998), "Answering the skeptics", International Economic Review 39
 */
export function realisedVariance(bars: PriceBars, from: number, to: number): number {
  const { times, closes, barSeconds } = bars;
  let sum = 0;
  let covered = 0;
  // The close of a bar is known at its end.
  for (let i = firstAtOrAfter(times, from - barSeconds) + 1; i < times.length && times[i] + barSeconds <= to; i++) {
    sum += Math.log(closes[i] / closes[i - 1]) ** 2;
    covered += times[i] - times[i - 1];
  }
  if (covered === 0) throw new NoBarsError(bars.source, from, to);
  const variance = (sum * YEAR_SECONDS) / covered;
  if (variance >= 0 && variance < Infinity) return variance;
  throw new ProcessParameterError("realised variance", `${bars.source} has a close or time that is none`);
}

/**
/**
 * Realised variance of each whole period in a span, annualised, oldest first.
 * @param from - Unix seconds, start of the first period
 * @param period - seconds; a day without
 * @returns annualised, 1 = (100 %)²
 * @throws {NoBarsError} when a period has fewer than two closes
 * @throws {ProcessParameterError} of a span or period that is none
 * @see Andersen & Bollerslev (1998)
 */
export function realisedVariances(bars: PriceBars, from: number, to: number, period = DAY_SECONDS): Float64Array {
  const count = Math.floor((to - from) / period);
  if (!(count >= 0 && count <= 1e6 && period > 0)) {
    throw new ProcessParameterError("realised variance", `${count} periods of ${period} s`);
  }
  return Float64Array.from({ length: count }, (_, i) =>
    realisedVariance(bars, from + i * period, from + (i + 1) * period),
  );
}

function firstAtOrAfter(times: Float64Array, time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle] < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
