import chiSquareCdf from "@stdlib/stats-base-dists-chisquare-cdf";

import type { BatesParameters } from "../pricing/bates.ts";
import { assertBatesParameters } from "../pricing/bates-parameters.ts";
import { normalCdf, normalDensity } from "../pricing/normal-distribution.ts";
import { normalQuantile } from "../random/normal-quantile.ts";
import { ProcessParameterError } from "./process-parameter-error.ts";

/** Law of the variance one step ahead, in Andersen's quadratic-exponential approximation. */
export interface VarianceLaw {
  /** Exact conditional mean. */
  mean: number;
  /** Quadratic branch: the variance is scale (shift + Z)². */
  isQuadratic: boolean;
  scale: number;
  shift: number;
  /** Exponential branch: 0 with this probability, otherwise exponential at this rate. */
  zeroProbability: number;
  rate: number;
}

/** ψ at which the quadratic branch gives way to the exponential one. */
const SWITCH = 1.5;
/** Beyond this shift the lower tail of (shift + Z)² folds over with a probability below 1e-9. */
const LARGE_SHIFT = 6;

/**
 * Law of v(t + dt) given v(t), matching the exact conditional mean and variance of the square-root process.
 * Unchecked, for inner loops.
 * @param years - step in years of 365 days
 * @see Andersen (2008), "Simple and efficient simulation of the Heston model", section 3.2, equations 23–33
 */
export function varianceLaw(parameters: BatesParameters, variance: number, years: number, out: VarianceLaw): void {
  const { kappa, theta, volOfVol } = parameters;
  const decay = Math.exp(-kappa * years);
  const share = -Math.expm1(-kappa * years);
  const mean = theta * share + variance * decay;
  const spread = (volOfVol * volOfVol * share * (variance * decay + 0.5 * theta * share)) / kappa;
  const ratio = mean > 0 ? spread / (mean * mean) : 0;
  out.mean = mean;
  out.isQuadratic = ratio <= SWITCH;
  if (out.isQuadratic) {
    if (ratio < Number.MIN_VALUE * 4) {
      out.scale = 0;
      out.shift = Infinity;
      return;
    }
    const twice = 2 / ratio;
    const shiftSquare = twice - 1 + Math.sqrt(twice * (twice - 1));
    out.shift = Math.sqrt(shiftSquare);
    out.scale = mean / (1 + shiftSquare);
  } else {
    out.zeroProbability = (ratio - 1) / (ratio + 1);
    out.rate = (1 - out.zeroProbability) / mean;
  }
}

/**
 * Quantile of the variance's law: non-decreasing in `uniform`, so that paths of neighbouring parameters stay together.
 * Andersen's (shift + Z)² is not monotone in Z; its distribution function is inverted instead, to a relative 1e-13.
 * Unchecked, for inner loops.
 * @param uniform - within (0, 1)
 * @see Andersen (2008), section 3.2, for the law
 */
export function varianceQuantile(law: VarianceLaw, uniform: number): number {
  if (!law.isQuadratic) {
    if (uniform <= law.zeroProbability) return 0;
    return Math.log((1 - law.zeroProbability) / (1 - uniform)) / law.rate;
  }
  if (law.scale === 0) return law.mean;
  const root =
    law.shift >= LARGE_SHIFT ? Math.max(0, law.shift + normalQuantile(uniform)) : foldedQuantile(law.shift, uniform);
  return law.scale * root * root;
}

/** Quantile of |shift + Z|: solves Φ(y - shift) - Φ(-y - shift) = uniform by Newton's method inside a bracket. */
function foldedQuantile(shift: number, uniform: number): number {
  let low = 0;
  let high = shift + 9;
  let root = Math.max(0.5 * shift, shift + normalQuantile(uniform));
  for (let iteration = 0; iteration < 60; iteration++) {
    const excess = normalCdf(root - shift) - normalCdf(-root - shift) - uniform;
    if (excess > 0) high = root;
    else low = root;
    let next = root - excess / (normalDensity(root - shift) + normalDensity(root + shift));
    if (!(next > low && next < high)) next = 0.5 * (low + high);
    if (Math.abs(next - root) <= 1e-13 * next) return next;
    root = next;
  }
  return root;
}

/**
 * ln E[exp(power · v')] of the variance's law; Infinity when the moment does not exist. Unchecked, for inner loops.
 * @param power - per unit of annualised variance
 * @returns within a few roundings
 * @see Andersen (2008), proposition 9
 */
export function logMoment(law: VarianceLaw, power: number): number {
  if (!law.isQuadratic) {
    if (power >= law.rate) return Infinity;
    return Math.log(law.zeroProbability + (law.rate * (1 - law.zeroProbability)) / (law.rate - power));
  }
  if (law.scale === 0) return power * law.mean;
  const room = 1 - 2 * power * law.scale;
  if (room <= 0) return Infinity;
  return (power * law.shift * law.shift * law.scale) / room - 0.5 * Math.log(room);
}

/**
 * Quantile of the stationary law of the variance, Gamma(2κθ/σ², σ²/2κ); θ itself without vol of vol.
 * Solved to a relative 1e-12 by bisection, since it is asked once a path.
 * @param uniform - within (0, 1)
 * @throws {BatesParameterError} when a parameter is out of its range
 * @throws {ProcessParameterError} of a uniform outside (0, 1)
 * @see Cox, Ingersoll & Ross (1985), equation 20
 */
export function stationaryVariance(parameters: BatesParameters, uniform: number): number {
  assertBatesParameters(parameters);
  if (!(uniform > 0 && uniform < 1)) throw new ProcessParameterError("stationary variance", `at the share ${uniform}`);
  const { kappa, theta, volOfVol } = parameters;
  if (volOfVol === 0 || theta === 0) return theta;
  const scale = (volOfVol * volOfVol) / (4 * kappa);
  const degrees = theta / scale;
  let low = 0;
  let high = degrees;
  while (chiSquareCdf(high, degrees) < uniform) high *= 2;
  while (high - low > 1e-12 * high) {
    const middle = 0.5 * (low + high);
    if (chiSquareCdf(middle, degrees) < uniform) low = middle;
    else high = middle;
  }
  return scale * high;
}
