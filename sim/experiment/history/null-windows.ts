import type { PriceBars } from "../../../src/processes/history.ts";
import { realisedVariance } from "../../../src/processes/realised-variance.ts";
import type { TimeWindow } from "../../../src/processes/windows.ts";
import type { Random } from "../../../src/random/random.ts";

const DAY = 86_400;
/** Fewer make no null distribution. */
const FEWEST_WINDOWS = 30;
const MOST_WINDOWS = 60;
const MOST_DRAWS = 5000;
/** Bars from one close to the next over a long weekend. */
const LONGEST_WEEKEND_BARS = 5;
/** Prices that features and benchmarks want before a window: a month and a day. */
const WARMUP = 31 * DAY;

/**
 * Windows of the stress window's length, drawn at random from the rest of the file: disjoint from both windows and from
 * each other, no more volatile than the most volatile piece of that length in the calm window. None when fewer than
 * thirty are found.
 */
export function drawNullWindows(bars: PriceBars, calm: TimeWindow, stress: TimeWindow, random: Random): TimeWindow[] {
  const length = stress.to - stress.from;
  const largest = mostVolatilePiece(bars, calm, length);
  const first = bars.times[0] + WARMUP;
  const days = Math.floor((bars.times[bars.times.length - 1] - DAY - length - first) / DAY);
  const drawn: TimeWindow[] = [];
  if (days < 1) return drawn;
  for (let draw = 0; draw < MOST_DRAWS && drawn.length < MOST_WINDOWS; draw++) {
    const from = first + Math.floor(random.uniform(draw, 0) * days) * DAY;
    const window = { from, to: from + length };
    if ([calm, stress, ...drawn].some((other) => overlap(window, other))) continue;
    if (!isCovered(bars, window) || realisedVariance(bars, window.from, window.to) > largest) continue;
    drawn.push(window);
  }
  return drawn.length < FEWEST_WINDOWS ? [] : drawn;
}

function mostVolatilePiece(bars: PriceBars, calm: TimeWindow, length: number): number {
  let largest = realisedVariance(bars, calm.from, calm.to);
  for (let from = calm.from; from + length <= calm.to; from += DAY) {
    largest = Math.max(largest, realisedVariance(bars, from, from + length));
  }
  return largest;
}

function overlap(a: TimeWindow, b: TimeWindow): boolean {
  return a.from < b.to && b.from < a.to;
}

/** No hole from the warm-up to a day after the window; on a market that closes, none longer than its long weekends. */
function isCovered({ times, barSeconds }: PriceBars, { from, to }: TimeWindow): boolean {
  const longest = barSeconds >= DAY ? LONGEST_WEEKEND_BARS * barSeconds : barSeconds;
  const start = times.findIndex((time) => time >= from - WARMUP);
  for (let i = start; times[i] < to + DAY; i++) {
    if (i + 1 >= times.length || times[i + 1] - times[i] > longest) return false;
  }
  return true;
}
