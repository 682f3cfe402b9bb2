import type { Random } from "../random/random.ts";

import type { BootstrapInterval } from "./bootstrap.ts";
import { FEWEST_FOR_BOOTSTRAP } from "./bootstrap.ts";
import { quantile } from "./moments.ts";
import { MOST_RESAMPLES, requireLevel, requireWhole, StatisticInputError } from "./statistic-input-error.ts";
import { requireObservations, TooFewObservationsError } from "./too-few-observations-error.ts";

/**
 * Indices of one stationary bootstrap resample: runs of geometric length with the given mean, wrapped around the end.
 *
 * Position i of resample r takes its draws from (r, 2i) and (r, 2i + 1), so that resamples are the same in any order.
 * @param length - of the series resampled
 * @param meanBlock - at least 1; 1 is the ordinary bootstrap
 * @param out - as long as the resample should be
 * @returns nothing; `out` holds whole indices from 0 to length - 1, exact draws of the law
 * @throws {TooFewObservationsError} of an empty series
 * @throws {StatisticInputError} of a block below 1
 * @see Politis & Romano (1994), "The stationary bootstrap"
 */
export function stationaryIndices(
  length: number,
  meanBlock: number,
  random: Random,
  resample: number,
  out: Uint32Array,
): void {
  if (!(length >= 1)) throw new TooFewObservationsError("stationary bootstrap", length, 1);
  if (!(meanBlock >= 1 && meanBlock < Infinity)) {
    throw new StatisticInputError("stationary bootstrap", `mean block ${meanBlock}, expected 1 or more`);
  }
  let at = 0;
  for (let i = 0; i < out.length; i++) {
    const isNew = i === 0 || random.uniform(resample, 2 * i) * meanBlock < 1;
    at = isNew ? Math.floor(random.uniform(resample, 2 * i + 1) * length) : (at + 1) % length;
    out[i] = at;
  }
}

/**
 * Percentile interval of a statistic of a dependent series, by the stationary bootstrap.
 *
 * Blocks must outlast the dependence, and there must be many of them: with fewer than twenty it is refused. Its ends have
 * the statistic's unit and a simulation error of about 1/√resamples of the interval's width.
 * @param meanBlock - mean length of the runs that are drawn, observations, at least 1
 * @param level - nominal coverage in (0, 1)
 * @throws {TooFewObservationsError} below twenty mean blocks, or when the statistic of a resample is no number
 * @throws {StatisticInputError} of a level outside (0, 1), a block below 1 or no resamples
 * @see Politis & Romano (1994); Davison & Hinkley (1997), "Bootstrap methods and their application", 8.2
 */
export function blockBootstrapInterval(
  values: ArrayLike<number>,
  statistic: (sample: Float64Array) => number,
  meanBlock: number,
  random: Random,
  { level = 0.95, resamples = 1000 }: { readonly level?: number; readonly resamples?: number } = {},
): BootstrapInterval {
  requireLevel("block bootstrap", level);
  requireWhole("block bootstrap", "resamples", resamples, 1, MOST_RESAMPLES);
  if (!(meanBlock >= 1))
    throw new StatisticInputError("block bootstrap", `mean block ${meanBlock}, expected 1 or more`);
  requireObservations("block bootstrap", values, Math.ceil(FEWEST_FOR_BOOTSTRAP * meanBlock));
  const data = Float64Array.from(values);
  const indices = new Uint32Array(data.length);
  const sample = new Float64Array(data.length);
  const draws = Float64Array.from({ length: resamples }, (_, resample) => {
    stationaryIndices(data.length, meanBlock, random, resample, indices);
    for (let i = 0; i < sample.length; i++) sample[i] = data[indices[i]];
    return statistic(sample);
  });
  return {
    estimate: statistic(data),
    low: quantile(draws, (1 - level) / 2),
    high: quantile(draws, (1 + level) / 2),
    resamples,
  };
}
