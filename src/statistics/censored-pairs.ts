import { StatisticInputError } from "./statistic-input-error.ts";
import type { CensoredInterval } from "./turnbull.ts";

/** Of two thresholds known to lie in intervals, on the same draw. */
export interface PairCounts {
  /** The second is lower whatever both are within their intervals. */
  readonly earlier: number;
  /** The second is higher. */
  readonly later: number;
  /** Both are bracketed, by intervals that overlap. */
  readonly alike: number;
  /** Neither can be told to come first, as one of them at least is censored. */
  readonly unknown: number;
}

/**
 * Counts which of each pair is known to come first.
 * @returns whole counts that sum to the number of pairs
 * @throws {StatisticInputError} unless both have the same length, and ends that are numbers in order
 */
export function comparePairs(first: readonly CensoredInterval[], second: readonly CensoredInterval[]): PairCounts {
  requirePairs(first, second);
  const counts = { earlier: 0, later: 0, alike: 0, unknown: 0 };
  first.forEach((one, i) => {
    const other = second[i];
    if (other.high <= one.low) counts.earlier++;
    else if (one.high <= other.low) counts.later++;
    else if (isBracketed(one) && isBracketed(other)) counts.alike++;
    else counts.unknown++;
  });
  return counts;
}

function isBracketed({ low, high }: CensoredInterval): boolean {
  return Number.isFinite(low) && Number.isFinite(high);
}

/**
 * Interval in which the difference second − first of each pair lies: (l₂ − h₁, h₂ − l₁), infinite on the sides where
 * one of them is censored.
 * @returns in the thresholds' unit, exact
 * @throws {StatisticInputError} unless both have the same length, and ends that are numbers in order
 * @see Moore (1966), "Interval analysis", for the difference of two intervals
 */
export function pairedShifts(
  first: readonly CensoredInterval[],
  second: readonly CensoredInterval[],
): CensoredInterval[] {
  requirePairs(first, second);
  return first.map((one, i) => ({ low: second[i].low - one.high, high: second[i].high - one.low }));
}

function requirePairs(first: readonly CensoredInterval[], second: readonly CensoredInterval[]): void {
  if (first.length !== second.length) {
    throw new StatisticInputError("paired thresholds", `${first.length} and ${second.length} of them`);
  }
  for (const [i, { low, high }] of [...first, ...second].entries()) {
    if (low <= high && low < Infinity && high > -Infinity) continue;
    throw new StatisticInputError("paired thresholds", `threshold ${i % first.length} lies in (${low}, ${high}]`);
  }
}
