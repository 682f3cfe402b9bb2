import type { PriceBars } from "../../../src/processes/history.ts";
import { realisedVariance } from "../../../src/processes/realised-variance.ts";
import type { TimeWindow } from "../../../src/processes/windows.ts";
import type { Random } from "../../../src/random/random.ts";
import { harMemory } from "./benchmarks.ts";
import { longestHole, overlap } from "./holes.ts";

/** Fewer make no null distribution. */
export const FEWEST_WINDOWS = 30;

const DAY = 86_400;
const MOST_WINDOWS = 60;
const MOST_DRAWS = 5000;

/** What random calm windows are to be like. */
export interface CalmDraw {
  /** Seconds. */
  readonly length: number;
  /** No window is more volatile than the most volatile piece of its length in these. */
  readonly calm: readonly TimeWindow[];
  /** No window shares a moment with these. */
  readonly apart: readonly TimeWindow[];
}

/**
 * Windows drawn at random from the file: disjoint from each other and from those to stay apart from, without a hole, and
 * no more volatile than calm. None when fewer than thirty are found.
 */
export function drawNullWindows(bars: PriceBars, { length, calm, apart }: CalmDraw, random: Random): TimeWindow[] {
  const largest = Math.max(...calm.map((window) => mostVolatilePiece(bars, window, length)));
  // Prices that features and benchmarks want before a window.
  const memory = harMemory(bars) + DAY;
  const first = bars.times[0] + memory;
  const days = Math.floor((bars.times[bars.times.length - 1] - DAY - length - first) / DAY);
  const drawn: TimeWindow[] = [];
  if (days < 1) return drawn;
  for (let draw = 0; draw < MOST_DRAWS && drawn.length < MOST_WINDOWS; draw++) {
    const from = first + Math.floor(random.uniform(draw, 0) * days) * DAY;
    const window = { from, to: from + length };
    if ([...apart, ...drawn].some((other) => overlap(window, other))) continue;
    const hole = longestHole(bars, { from: from - memory, to: window.to + DAY });
    if (hole > bars.barSeconds * longWeekend(bars)) continue;
    if (realisedVariance(bars, window.from, window.to) > largest) continue;
    drawn.push(window);
  }
  return drawn.length < FEWEST_WINDOWS ? [] : drawn;
}

/** Bars that a market which closes is still for over a long weekend; none of one that never closes. */
function longWeekend({ barSeconds }: PriceBars): number {
  return barSeconds >= DAY ? 4 : 0;
}

function mostVolatilePiece(bars: PriceBars, calm: TimeWindow, length: number): number {
  let largest = realisedVariance(bars, calm.from, calm.to);
  for (let from = calm.from; from + length <= calm.to; from += DAY) {
    largest = Math.max(largest, realisedVariance(bars, from, from + length));
  }
  return largest;
}
