import { UserError } from "../errors/user-error.ts";
import type { Random } from "../random/random.ts";
import { toUnixSeconds } from "./csv-table.ts";
import type { PriceBars } from "./history.ts";
import { requireBars } from "./history.ts";
import { ProcessParameterError } from "./process-parameter-error.ts";

/** A span of history, Unix seconds; `to` is not in it. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

const DAY_SECONDS = 86_400;
const EXPECTED = "FROM..TO in UTC, e.g. 2022-11-06..2022-11-12 or 2022-11-06T12:00..2022-11-08T00:00";

/**
 * Parses `FROM..TO`. A TO without a time of day is in the window to its end.
 * @param option - name of the option, for messages
 * @throws {UserError} when it is no window, or an empty one
 */
export function parseWindow(option: string, text: string): TimeWindow {
  const parts = text.split("..");
  const [from, to] = parts.map((part) => toUnixSeconds(part.trim()));
  if (parts.length !== 2 || Number.isNaN(from) || Number.isNaN(to)) {
    throw new UserError({ where: option, what: `"${text}" is no window`, expected: EXPECTED });
  }
  const end = /^\d{4}-\d\d-\d\d$/.test(parts[1].trim()) ? to + DAY_SECONDS : to;
  if (from >= end) {
    throw new UserError({ where: option, what: `"${text}" ends before it starts`, expected: EXPECTED });
  }
  return { from, to: end };
}

/** @throws {UserError} when two windows share a moment */
export function requireDisjoint(option: string, window: TimeWindow, otherOption: string, other: TimeWindow): void {
  if (sharesMoment(window, other)) {
    throw new UserError({
      where: option,
      what: `${describeWindow(window)} overlaps ${otherOption} ${describeWindow(other)}`,
      expected: "windows without a common moment, so that training never sees what is tested",
    });
  }
}

/**
 * Bars of a window.
 * @throws {ProcessParameterError} of bars that are none
 * @throws {UserError} when the data does not cover the window, or has a gap of more than `longestGap` seconds in it
 */
export function selectBars(option: string, bars: PriceBars, window: TimeWindow, longestGap = 0): PriceBars {
  requireBars(bars);
  const { times, barSeconds, source } = bars;
  const first = times[0];
  const end = times[times.length - 1] + barSeconds;
  if (!(window.from >= first && window.from < window.to && window.to <= end && longestGap >= 0)) {
    throw new UserError({
      where: option,
      what: `${describeWindow(window)} is not within ${source}`,
      expected: `a window within ${describeWindow({ from: first, to: end })}`,
    });
  }
  const from = times.findLastIndex((time) => time <= window.from);
  const past = times.findIndex((time) => time >= window.to);
  const to = past < 0 ? times.length : past;
  for (let i = from; i < to; i++) {
    const next = i + 1 < times.length ? times[i + 1] : end;
    const missing = Math.min(next, window.to) - (times[i] + barSeconds);
    if (missing > longestGap) {
      throw new UserError({
        where: option,
        what: `${source} has no bars from ${describeTime(times[i] + barSeconds)} to ${describeTime(next)}`,
        expected: "a window without a gap, or --repair forward-fill",
      });
    }
  }
  return {
    source,
    barSeconds,
    times: times.slice(from, to),
    opens: bars.opens.slice(from, to),
    highs: bars.highs.slice(from, to),
    lows: bars.lows.slice(from, to),
    closes: bars.closes.slice(from, to),
  };
}

/**
 * Windows of one length at random places within a span, for the null of a test across windows; drawn anew where they
 * would share a moment with an excluded one, but they may overlap each other.
 * @param seconds - length of each window
 * @param random - draw i is at index i
 * @throws {ProcessParameterError} of a span, length or count that is none
 * @throws {UserError} when a thousand draws in a row find no place
 */
export function drawWindows(
  option: string,
  within: TimeWindow,
  seconds: number,
  count: number,
  excluded: readonly TimeWindow[],
  random: Random,
): TimeWindow[] {
  const isSpan = Number.isFinite(within.from) && within.to < Infinity && within.to > within.from;
  if (!(isSpan && seconds > 0 && Number.isInteger(count) && count >= 0 && count <= 1e6)) {
    throw new ProcessParameterError("windows", `${count} of ${seconds} s within ${within.from} to ${within.to}`);
  }
  const bad = excluded.find(({ from, to }) => !(from <= to));
  if (bad !== undefined) throw new ProcessParameterError("windows", `one excluded from ${bad.from} to ${bad.to}`);
  return Array.from({ length: count }, (_, i) => {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      const room = within.to - within.from - seconds;
      const from = within.from + Math.floor((random.uniform(i, attempt) * room) / 3600) * 3600;
      const window = { from, to: from + seconds };
      if (room >= 0 && excluded.every((other) => !sharesMoment(window, other))) return window;
    }
    throw new UserError({
      where: option,
      what: `${describeWindow(within)} has no room for windows of ${seconds} s beside the excluded ones`,
      expected: "more history, or a shorter window",
    });
  });
}

const MOST_ATTEMPTS = 1000;

function sharesMoment(a: TimeWindow, b: TimeWindow): boolean {
  return a.from < b.to && b.from < a.to;
}

/** `2022-11-06T00:00Z..2022-11-13T00:00Z`; what is no time as it is. */
export function describeWindow({ from, to }: TimeWindow): string {
  return `${describeTime(from)}..${describeTime(to)}`;
}

function describeTime(seconds: number): string {
  if (!(Math.abs(seconds) <= 8.64e12)) return String(seconds);
  return new Date(seconds * 1000).toISOString().replace(/:00\.000Z$/, "Z");
}
