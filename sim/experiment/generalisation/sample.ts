import { medianInterval } from "../../../src/statistics/median-interval.ts";
import { mean, quantile } from "../../../src/statistics/moments.ts";
import type { Sample } from "../../results/parts.ts";

/** Median with its 95 % order-statistic interval, mean and 90 % quantile. */
export function sampleOf(values: ArrayLike<number>): Sample {
  const { median, low, high, n } = medianInterval(values);
  return { median, low, high, mean: mean(values), q90: quantile(values, 0.9), n };
}
