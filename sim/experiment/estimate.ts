import { tInterval } from "../../src/statistics/t-interval.ts";
import type { Estimate } from "../results/parts.ts";

/** Seeds below which no interval is given. */
export const FEWEST_FOR_INTERVAL = 6;

/** Mean with its 95 % t interval; no interval below six values. Values that do not exist (NaN) are left out and counted. */
export function estimate(values: readonly number[]): Estimate {
  const present = values.filter(Number.isFinite);
  if (present.length === 0) return { mean: null, low: null, high: null, n: 0 };
  if (present.length < FEWEST_FOR_INTERVAL) {
    return { mean: meanOf(present), low: null, high: null, n: present.length };
  }
  const { mean, low, high } = tInterval(present, 0.95);
  return { mean, low, high, n: present.length };
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
