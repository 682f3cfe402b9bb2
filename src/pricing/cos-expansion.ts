import type { BatesParameters } from "./bates-parameters.ts";
import type { AffineExponent, JumpPart } from "./bates-transform.ts";
import { affineExponent, momentExplosionYears } from "./bates-transform.ts";

/** Probability that may lie beyond either end of the interval. */
const TAIL_PROBABILITY = 1e-13;
/** Size at which the terms of the series are dropped, in units of the forward. */
const SMALLEST_TERM = 1e-13;

/** No interval and number of terms within reach gives the series its accuracy. */
export class CosConvergenceError extends Error {
  override readonly name = "CosConvergenceError";

  constructor(what: string, years: number, variance: number) {
    super(`cosine series for ${years} years and variance ${variance}: ${what}`);
  }
}

/**
 * Cosine coefficients of the density of X = ln(S_T/F) for one tenor, with today's variance left open:
 * the k-th is weight[k] · Re exp(a[k] + b[k] v), shifted to the interval's start. The density may be that of a part of
 * the paths, with less than all the mass.
 *
 * Unchecked: `BatesPricer` checks what it is made of. The interval comes from Chernoff's bound on the moment transform, P(X < x) ≤ e^(K(-p) + px): every cumulant counts,
 * where an interval from the second alone is too narrow for rare large jumps. It is taken at `largestVariance`, the
 * number of terms at `smallestVariance`, so that the coefficients serve all variances between.
 * @see Fang & Oosterlee (2008), "A novel pricing method for European options", equations 11 and 19
 */
export class CosExpansion {
  readonly from: number;
  readonly width: number;
  /** Probability of the paths that are counted. */
  readonly mass: number;
  /** Frequencies kπ/width for k ≥ 1, and 2/width/(1 + u²) of each. */
  readonly frequency: Float64Array;
  readonly weight: Float64Array;
  readonly aRe: Float64Array;
  readonly aIm: Float64Array;
  readonly bRe: Float64Array;
  readonly bIm: Float64Array;

  /** @throws {CosConvergenceError} when more than `mostTerms` would be needed */
  constructor(
    parameters: BatesParameters,
    years: number,
    smallestVariance: number,
    largestVariance: number,
    part: JumpPart,
    mostTerms: number,
    widening = 1,
  ) {
    const { from, width } = densityInterval(parameters, years, largestVariance, part);
    this.from = from - 0.5 * (widening - 1) * width;
    this.width = widening * width;
    const frequency: number[] = [];
    const columns: number[][] = [[], [], [], [], []];
    const exponent: AffineExponent = { aRe: 0, aIm: 0, bRe: 0, bIm: 0 };
    affineExponent(parameters, years, 0, 0, exponent, part);
    this.mass = Math.exp(exponent.aRe);
    for (let k = 1; ; k++) {
      const u = (k * Math.PI) / this.width;
      affineExponent(parameters, years, 0, u, exponent, part);
      const weight = 2 / this.width / (1 + u * u);
      frequency.push(u);
      columns[0].push(weight);
      columns[1].push(exponent.aRe);
      columns[2].push(exponent.aIm - u * this.from);
      columns[3].push(exponent.bRe);
      columns[4].push(exponent.bIm);
      // The sum of what is left out is at most a few times k terms of this size.
      if (k * weight * Math.exp(exponent.aRe + exponent.bRe * smallestVariance) < SMALLEST_TERM) break;
      if (k >= mostTerms) throw new CosConvergenceError(`not converged after ${k} terms`, years, smallestVariance);
    }
    this.frequency = Float64Array.from(frequency);
    [this.weight, this.aRe, this.aIm, this.bRe, this.bIm] = columns.map((column) => Float64Array.from(column));
  }
}

/**
 * Unchecked, for inner loops. Interval of ln(S_T/F) beyond either end of which at most 1e-13 of the probability lies.
 * @throws {CosConvergenceError} when no moment is finite
 */
export function densityInterval(
  parameters: BatesParameters,
  years: number,
  variance: number,
  part: JumpPart = "all",
): { from: number; width: number } {
  const from = chernoffBound(parameters, years, variance, part, -1);
  return { from, width: chernoffBound(parameters, years, variance, part, 1) - from };
}

/** Value beyond which at most `TAIL_PROBABILITY` lies on one side, by Chernoff's bound on a grid of powers. */
function chernoffBound(
  parameters: BatesParameters,
  years: number,
  variance: number,
  part: JumpPart,
  side: -1 | 1,
): number {
  const exponent: AffineExponent = { aRe: 0, aIm: 0, bRe: 0, bIm: 0 };
  let best = Infinity;
  let rising = 0;
  for (let power = SMALLEST_POWER; power < LARGEST_POWER && rising < 3; power *= POWER_RATIO) {
    if (momentExplosionYears(parameters, side * power) <= years * (1 + 1e-9)) break;
    affineExponent(parameters, years, side * power, 0, exponent, part);
    const bound = (exponent.aRe + exponent.bRe * variance - Math.log(TAIL_PROBABILITY)) / power;
    if (bound < best) {
      best = bound;
      rising = 0;
    } else {
      rising++;
    }
  }
  if (!Number.isFinite(best)) throw new CosConvergenceError("no moment is finite", years, variance);
  return side * best;
}

const SMALLEST_POWER = 0.05;
const LARGEST_POWER = 1e8;
const POWER_RATIO = 1.2;
