import { medianInterval } from "../../../src/statistics/median-interval.ts";
import { mean, quantile } from "../../../src/statistics/moments.ts";
import type { Spread } from "./result.ts";

/** Median with its order-statistic interval, mean and 90 % quantile. */
export function spreadOf(values: ArrayLike<number>, level = 0.95): Spread {
  const { median, low, high, n } = medianInterval(values, level);
  return { median, low, high, mean: mean(values), q90: quantile(values, 0.9), n };
}
