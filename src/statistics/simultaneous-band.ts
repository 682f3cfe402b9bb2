import type { Random } from "../random/random.ts";

import { mean, quantile, standardDeviation } from "./moments.ts";
import { TooFewObservationsError } from "./too-few-observations-error.ts";

/** Pointwise means of curves with a band that holds the whole mean curve at the stated level. */
export interface SimultaneousBand {
  readonly mean: number[];
  readonly low: number[];
  readonly high: number[];
  /** Multiple of the standard error that makes the band simultaneous. */
  readonly multiplier: number;
}

/**
 * Simultaneous band of a mean curve by the bootstrap of the largest studentised deviation: whole curves are drawn
 * with replacement, because the points of a curve are not independent (Davison & Hinkley 1997, 4.2.4).
 *
 * @param curves - a replicate each, all of the same length
 * @throws {TooFewObservationsError} below twenty curves
 */
export function simultaneousBand(
  curves: readonly ArrayLike<number>[],
  random: Random,
  { level = 0.95, resamples = 1000 }: { readonly level?: number; readonly resamples?: number } = {},
): SimultaneousBand {
  const n = curves.length;
  if (n < 20) throw new TooFewObservationsError("simultaneous band", n, 20);
  const points = Array.from({ length: curves[0].length }, (_, p) => Float64Array.from(curves, (curve) => curve[p]));
  const means = points.map(mean);
  const errors = points.map((values) => standardDeviation(values) / Math.sqrt(n));
  const deviations = Float64Array.from({ length: resamples }, (_, resample) => {
    let largest = 0;
    const drawn = Int32Array.from({ length: n }, (_, i) => Math.floor(random.uniform(resample, i) * n));
    for (let p = 0; p < points.length; p++) {
      if (errors[p] === 0) continue;
      let sum = 0;
      for (let i = 0; i < n; i++) sum += points[p][drawn[i]];
      largest = Math.max(largest, Math.abs(sum / n - means[p]) / errors[p]);
    }
    return largest;
  });
  const multiplier = quantile(deviations, level);
  return {
    mean: means,
    low: means.map((value, p) => value - multiplier * errors[p]),
    high: means.map((value, p) => value + multiplier * errors[p]),
    multiplier,
  };
}
