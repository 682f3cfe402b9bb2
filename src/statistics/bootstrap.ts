import normalCdf from "@stdlib/stats-base-dists-normal-cdf";
import normalQuantile from "@stdlib/stats-base-dists-normal-quantile";

import type { Random } from "../random/random.ts";

import { quantile } from "./moments.ts";
import { MOST_RESAMPLES, requireLevel, requireWhole } from "./statistic-input-error.ts";
import { requireObservations } from "./too-few-observations-error.ts";

export interface BootstrapInterval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  readonly resamples: number;
}

/** Below twenty observations a bootstrap interval is too narrow to show. */
export const FEWEST_FOR_BOOTSTRAP = 20;

/**
 * Bias-corrected and accelerated bootstrap interval over independent replicates (Efron 1987; Efron & Tibshirani 1993,
 * 14.3). Draws are addressed by (resample, position), so the interval is the same wherever it is computed.
 *
 * Its ends have the statistic's unit; coverage is second-order right, and short of the nominal for few observations of
 * a long-tailed law.
 * @param level - nominal coverage in (0, 1)
 * @throws {TooFewObservationsError} below twenty observations, or when the statistic of a resample is no number
 * @throws {StatisticInputError} of a level outside (0, 1) or no resamples
 */
export function bcaInterval(
  values: ArrayLike<number>,
  statistic: (sample: Float64Array) => number,
  random: Random,
  { level = 0.95, resamples = 2000 }: { readonly level?: number; readonly resamples?: number } = {},
): BootstrapInterval {
  requireLevel("BCa interval", level);
  requireWhole("BCa interval", "resamples", resamples, 1, MOST_RESAMPLES);
  requireObservations("BCa interval", values, FEWEST_FOR_BOOTSTRAP);
  const data = Float64Array.from(values);
  const estimate = statistic(data);
  const draws = resampled(data, statistic, random, resamples);
  const bias = normalQuantile(clampShare(shareBelow(draws, estimate), resamples), 0, 1);
  const acceleration = jackknifeAcceleration(data, statistic);
  const adjusted = (share: number) => {
    const z = bias + normalQuantile(share, 0, 1);
    return normalCdf(bias + z / (1 - acceleration * z), 0, 1);
  };
  return {
    estimate,
    low: quantile(draws, adjusted((1 - level) / 2)),
    high: quantile(draws, adjusted((1 + level) / 2)),
    resamples,
  };
}

function resampled(
  data: Float64Array,
  statistic: (sample: Float64Array) => number,
  random: Random,
  resamples: number,
): Float64Array {
  const sample = new Float64Array(data.length);
  return Float64Array.from({ length: resamples }, (_, resample) => {
    for (let i = 0; i < data.length; i++) sample[i] = data[Math.floor(random.uniform(resample, i) * data.length)];
    return statistic(sample);
  });
}

/** Ties count half, so that a statistic that cannot vary has no bias. */
function shareBelow(draws: Float64Array, estimate: number): number {
  let below = 0;
  for (const draw of draws) below += draw < estimate ? 1 : draw === estimate ? 0.5 : 0;
  return below / draws.length;
}

function clampShare(share: number, resamples: number): number {
  return Math.min(1 - 0.5 / resamples, Math.max(0.5 / resamples, share));
}

function jackknifeAcceleration(data: Float64Array, statistic: (sample: Float64Array) => number): number {
  const left = new Float64Array(data.length - 1);
  const estimates = data.map((_, out) => {
    for (let i = 0, j = 0; i < data.length; i++) if (i !== out) left[j++] = data[i];
    return statistic(left);
  });
  const centre = estimates.reduce((sum, value) => sum + value, 0) / estimates.length;
  let cubes = 0;
  let squares = 0;
  for (const value of estimates) {
    cubes += (centre - value) ** 3;
    squares += (centre - value) ** 2;
  }
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
}
