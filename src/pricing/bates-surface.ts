import type { BatesParameters } from "./bates-parameters.ts";
import type { AffineExponent } from "./bates-transform.ts";
import { affineExponent } from "./bates-transform.ts";
import type { SmileQuotes } from "./calibration-input-error.ts";
import { CosConvergenceError, densityInterval } from "./cos-expansion.ts";
import { impliedDeviation } from "./implied-vol.ts";

/** Terms below this are dropped, in units of the forward: what a fit needs, not what a price needs. */
const SMALLEST_TERM = 1e-10;
/** Prices below this are those of the series' noise; the vol is that of this price instead. */
const LEAST_PRICE = 1e-10;
const MOST_TERMS = 4096;

/**
 * Model vols at the quotes of a surface, fast enough to be fitted: one vector of cosine coefficients per tenor, shared
 * by its strikes, on intervals that stay put while parameters are nudged, so that differences are smooth.
 *
 * Prices are good to about 1e-10 of the forward near the parameters of {@link setIntervals}; reports come from
 * `BatesPricer`, whose accuracy is checked.
 * @see Fang & Oosterlee (2008), section 3
 */
export class BatesSurface {
  readonly #slices: readonly SmileQuotes[];
  readonly #intervals: { from: number; width: number }[] = [];
  readonly #vols: Float64Array;
  readonly #cosine = new Float64Array(MOST_TERMS);
  readonly #sine = new Float64Array(MOST_TERMS);
  readonly #exponent: AffineExponent = { aRe: 0, aIm: 0, bRe: 0, bIm: 0 };

  constructor(slices: readonly SmileQuotes[]) {
    this.#slices = slices;
    this.#vols = new Float64Array(slices.reduce((sum, { vols }) => sum + vols.length, 0));
  }

  /**
   * Chooses each tenor's interval; where no interval holds the density the tenor keeps the one it had.
   * @throws {CosConvergenceError} when it had none
   */
  setIntervals(parameters: BatesParameters, variance: number): void {
    this.#slices.forEach(({ years }, t) => {
      try {
        this.#intervals[t] = densityInterval(parameters, years, variance);
      } catch (error) {
        if (!(error instanceof CosConvergenceError) || this.#intervals[t] === undefined) throw error;
      }
    });
  }

  /** Annualised vols of all quotes, tenor after tenor; the array is reused by the next call. */
  vols(parameters: BatesParameters, variance: number): Float64Array {
    let row = 0;
    this.#slices.forEach(({ years, logMoneyness, vols }, t) => {
      const { from, width } = this.#intervals[t];
      const terms = this.#fillCoefficients(parameters, variance, years, from, width);
      const inverseRoot = 1 / Math.sqrt(years);
      for (let i = 0; i < vols.length; i++) {
        const k = logMoneyness[i];
        const put = this.#put(k, from, width, terms);
        const price = Math.max(LEAST_PRICE, k > 0 ? put - Math.expm1(k) : put);
        const deviation = impliedDeviation(price * Math.exp(-0.5 * k), Math.abs(k), vols[i] / inverseRoot);
        this.#vols[row++] = deviation * inverseRoot;
      }
    });
    return this.#vols;
  }

  #fillCoefficients(parameters: BatesParameters, variance: number, years: number, from: number, width: number): number {
    const exponent = this.#exponent;
    for (let i = 0; i < MOST_TERMS; i++) {
      const u = ((i + 1) * Math.PI) / width;
      affineExponent(parameters, years, 0, u, exponent);
      const weight = (2 / width / (1 + u * u)) * Math.exp(exponent.aRe + exponent.bRe * variance);
      if ((i + 1) * weight < SMALLEST_TERM) return i;
      this.#cosine[i] = weight * Math.cos(exponent.aIm + exponent.bIm * variance - u * from);
      this.#sine[i] = this.#cosine[i] / u;
    }
    return MOST_TERMS;
  }

  /** As in `BatesPricer`: Σ D_j [e^k (sin(u_j y)/u_j - cos(u_j y)) + e^a], y = k - a. */
  #put(logMoneyness: number, from: number, width: number, terms: number): number {
    const distance = logMoneyness - from;
    if (distance <= 0) return 0;
    if (distance >= width) return Math.max(0, Math.expm1(logMoneyness));
    const strike = Math.exp(logMoneyness);
    const least = Math.exp(from);
    const step = (Math.PI * distance) / width;
    const [stepCosine, stepSine] = [Math.cos(step), Math.sin(step)];
    let cosine = stepCosine;
    let sine = stepSine;
    let turning = 0;
    let still = 0;
    for (let i = 0; i < terms; i++) {
      turning += this.#sine[i] * sine - this.#cosine[i] * cosine;
      still += this.#cosine[i];
      const next = cosine * stepCosine - sine * stepSine;
      sine = sine * stepCosine + cosine * stepSine;
      cosine = next;
    }
    return (strike * distance - strike + least) / width + strike * turning + least * still;
  }
}
