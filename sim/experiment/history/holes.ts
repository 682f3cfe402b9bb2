import type { PriceBars } from "../../../src/processes/history.ts";
import type { TimeWindow } from "../../../src/processes/windows.ts";

/** An exchange's outage of this many seconds is bridged with the last close and counted; a longer one is refused. */
const LONGEST_OUTAGE = 6 * 3600;
/** A market that closes has holes of this many bars: a long weekend. */
const LONGEST_OUTAGE_BARS = 5;

/** Longest hole that is bridged, seconds, where nothing else is asked for. */
export function bridgedHole({ barSeconds }: Pick<PriceBars, "barSeconds">): number {
  return Math.max(LONGEST_OUTAGE, LONGEST_OUTAGE_BARS * barSeconds);
}

/** Seconds of the longest hole between bars of a span; Infinity where the bars do not cover it. */
export function longestHole({ times, barSeconds }: PriceBars, { from, to }: TimeWindow): number {
  if (from < times[0] || to > times[times.length - 1] + barSeconds) return Infinity;
  let longest = 0;
  for (let i = lastAtOrBefore(times, from); i + 1 < times.length && times[i] + barSeconds < to; i++) {
    longest = Math.max(longest, times[i + 1] - times[i] - barSeconds);
  }
  return longest;
}

/** Whether two windows share a moment. */
export function overlap(a: TimeWindow, b: TimeWindow): boolean {
  return a.from < b.to && b.from < a.to;
}

function lastAtOrBefore(times: Float64Array, time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle] <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
