import { factor, solveFactored } from "./least-squares.ts";
import { ModelFitError } from "./model-fit-error.ts";

/** Covariance of function values as a function of their scaled distance; both are 1 at distance 0. */
export type KernelShape = "squared-exponential" | "matern-5/2";

/** Hyperparameters of a Gaussian process; standard deviations in units of the target. */
export interface KernelSettings {
  readonly shape: KernelShape;
  /** Standard deviation of the function about its mean. */
  readonly signal: number;
  /** Of each input. */
  readonly lengthScales: readonly number[];
  /** Standard deviation of an error that observations of one group share, and of each one's own. */
  readonly shared: number;
  readonly noise: number;
}

/** Observations, inputs row after row; rows of equal `group` share an error. */
export interface Observations {
  readonly inputs: Float64Array;
  readonly target: Float64Array;
  readonly group: Float64Array;
}

/** A process conditioned on observations; its mean far from them is `mean`. */
export interface GaussianProcess {
  readonly settings: KernelSettings;
  readonly mean: number;
  /** Inputs of the observations over their length scales. */
  readonly scaled: Float64Array;
  /** (K + Σ)⁻¹ (y − mean). */
  readonly weights: Float64Array;
  /** Lower Cholesky factor of K + Σ. */
  readonly lower: Float64Array;
  readonly logLikelihood: number;
}

/** Share of the signal's variance that is added to the diagonal of every covariance, so that it can be factored. */
export const JITTER = 1e-10;
/** Jitter grows tenfold to at most this share before a fit is given up. */
const LARGEST_JITTER = 1e-6;

/** Correlation at squared scaled distance `square`. */
export function kernelCorrelation(shape: KernelShape, square: number): number {
  if (shape === "squared-exponential") return Math.exp(-square / 2);
  const distance = Math.sqrt(5 * square);
  return (1 + distance + (5 * square) / 3) * Math.exp(-distance);
}

/**
 * Conditions a process on observations.
 * @throws {ModelFitError} when the covariance cannot be factored even with the largest jitter
 * @see Rasmussen & Williams (2006), algorithm 2.1, equations 2.25 to 2.30 and 4.17
 */
export function condition(
  model: string,
  settings: KernelSettings,
  { inputs, target, group }: Observations,
  mean: number,
): GaussianProcess {
  const count = target.length;
  const scaled = scaleInputs(inputs, settings.lengthScales);
  const covariance = functionCovariance(settings, scaled, count);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j <= i; j++) {
      if (group[i] === group[j]) covariance[i * count + j] += settings.shared ** 2;
    }
    covariance[i * count + i] += settings.noise ** 2;
  }
  const lower = factorWithJitter(model, covariance, count, settings.signal ** 2);
  const away = target.map((value) => value - mean);
  const weights = solveFactored(lower, away);
  let logLikelihood = (-count / 2) * Math.log(2 * Math.PI);
  for (let i = 0; i < count; i++) logLikelihood -= (away[i] * weights[i]) / 2 + Math.log(lower[i * count + i]);
  return { settings, mean, scaled, weights, lower, logLikelihood };
}

/** K of rows already scaled, lower triangle. */
export function functionCovariance(
  { shape, signal, lengthScales }: KernelSettings,
  scaled: Float64Array,
  count: number,
) {
  const width = lengthScales.length;
  const covariance = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j <= i; j++) {
      covariance[i * count + j] =
        signal * signal * kernelCorrelation(shape, squaredDistance(scaled, i * width, scaled, j * width, width));
    }
  }
  return covariance;
}

function factorWithJitter(model: string, covariance: Float64Array, count: number, variance: number): Float64Array {
  for (let jitter = JITTER; jitter <= LARGEST_JITTER; jitter *= 10) {
    const jittered = covariance.slice();
    for (let i = 0; i < count; i++) jittered[i * count + i] += jitter * variance;
    const lower = factor(jittered, count, 0);
    if (lower !== undefined) return lower;
  }
  throw new ModelFitError(model, `covariance is singular at jitter ${LARGEST_JITTER}`, `${count} observations`);
}

/** Mean of the process at each row. */
export function processMean({ settings, mean, scaled, weights }: GaussianProcess, inputs: Float64Array): Float64Array {
  const width = settings.lengthScales.length;
  const at = scaleInputs(inputs, settings.lengthScales);
  return Float64Array.from({ length: at.length / width }, (_, row) => {
    let sum = 0;
    for (let i = 0; i < weights.length; i++) {
      sum += weights[i] * kernelCorrelation(settings.shape, squaredDistance(at, row * width, scaled, i * width, width));
    }
    return mean + settings.signal ** 2 * sum;
  });
}

/** Variance of the function at each row, without the observations' noise; the signal's far from all of them. */
export function processVariance(
  { settings, scaled, lower, weights }: GaussianProcess,
  inputs: Float64Array,
): Float64Array {
  const width = settings.lengthScales.length;
  const count = weights.length;
  const variance = settings.signal ** 2;
  const at = scaleInputs(inputs, settings.lengthScales);
  const half = new Float64Array(count);
  return Float64Array.from({ length: at.length / width }, (_, row) => {
    let explained = 0;
    for (let i = 0; i < count; i++) {
      const square = squaredDistance(at, row * width, scaled, i * width, width);
      let value = variance * kernelCorrelation(settings.shape, square);
      for (let k = 0; k < i; k++) value -= lower[i * count + k] * half[k];
      half[i] = value / lower[i * count + i];
      explained += half[i] * half[i];
    }
    return Math.max(0, variance - explained);
  });
}

function scaleInputs(inputs: Float64Array, lengthScales: readonly number[]): Float64Array {
  return inputs.map((value, i) => value / lengthScales[i % lengthScales.length]);
}

function squaredDistance(a: Float64Array, fromA: number, b: Float64Array, fromB: number, width: number): number {
  let sum = 0;
  for (let i = 0; i < width; i++) sum += (a[fromA + i] - b[fromB + i]) ** 2;
  return sum;
}
