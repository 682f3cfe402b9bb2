import type { PriceBars } from "./history.ts";

const YEAR_SECONDS = 31_536_000;

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
 * @throws {NoBarsError} when fewer than two closes lie in the span
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
  return (sum * YEAR_SECONDS) / covered;
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
