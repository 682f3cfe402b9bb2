import { medianInterval } from "../../../src/statistics/median-interval.ts";
import { mean } from "../../../src/statistics/moments.ts";
import { quantileInterval } from "../../../src/statistics/quantile-interval.ts";
import { finiteOrNull } from "../../results/parts.ts";
import type { Sample } from "../../results/parts.ts";

/** Median and 90 % quantile, each with its 95 % order-statistic interval, and mean. */
export function sampleOf(values: ArrayLike<number>): Sample {
  const { median, low, high, n } = medianInterval(values);
  const q90 = quantileInterval(values, 0.9);
  return {
    median,
    low,
    high,
    mean: mean(values),
    q90: q90.value,
    q90Low: finiteOrNull(q90.low),
    q90High: finiteOrNull(q90.high),
    n,
  };
}
