import type { BatesParameters } from "./bates-parameters.ts";
import { meanSimpleJump } from "./bates-parameters.ts";
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
 * Unchecked, for the inner loop of a calibration, whose quotes and parameters are checked before and bounded within.
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
  readonly #diffusions: readonly DiffusionExponents[];

  constructor(slices: readonly SmileQuotes[]) {
    this.#slices = slices;
    this.#diffusions = slices.map(() => new DiffusionExponents());
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
      const terms = this.#fillCoefficients(parameters, variance, years, t);
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

  /** Cosine coefficients of a tenor, written to the scratch columns; returns how many. */
  #fillCoefficients(parameters: BatesParameters, variance: number, years: number, tenor: number): number {
    const { theta, jumpIntensity, jumpMean, jumpSd } = parameters;
    const { from, width } = this.#intervals[tenor];
    const diffusion = this.#diffusions[tenor];
    diffusion.prepare(parameters, width);
    const jumps = jumpIntensity * years;
    const drift = jumps > 0 ? meanSimpleJump(parameters) : 0;
    for (let i = 0; i < MOST_TERMS; i++) {
      const u = ((i + 1) * Math.PI) / width;
      if (i === diffusion.count) diffusion.extend(years, u);
      let size = theta * diffusion.aRe[i] + diffusion.bRe[i] * variance;
      let turn = theta * diffusion.aIm[i] + diffusion.bIm[i] * variance - u * from;
      if (jumps > 0) {
        const jumpSize = Math.exp(-0.5 * u * u * jumpSd * jumpSd);
        size += jumps * (jumpSize * Math.cos(u * jumpMean) - 1);
        turn += jumps * (jumpSize * Math.sin(u * jumpMean) - u * drift);
      }
      const weight = (2 / width / (1 + u * u)) * Math.exp(size);
      if ((i + 1) * weight < SMALLEST_TERM) return i;
      this.#cosine[i] = weight * Math.cos(turn);
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

/**
 * Exponents of the diffusion on a tenor's frequencies, with the constant one per unit of θ: most of the cost, and the
 * same for all steps in θ, today's variance and the jumps.
 */
class DiffusionExponents {
  count = 0;
  aRe = new Float64Array(256);
  aIm = new Float64Array(256);
  bRe = new Float64Array(256);
  bIm = new Float64Array(256);
  #kappa = NaN;
  #volOfVol = NaN;
  #rho = NaN;
  #width = NaN;
  #parameters: BatesParameters | undefined;
  readonly #exponent: AffineExponent = { aRe: 0, aIm: 0, bRe: 0, bIm: 0 };

  /** Forgets what was computed for others. */
  prepare(parameters: BatesParameters, width: number): void {
    const { kappa, volOfVol, rho } = parameters;
    if (kappa === this.#kappa && volOfVol === this.#volOfVol && rho === this.#rho && width === this.#width) return;
    this.#kappa = kappa;
    this.#volOfVol = volOfVol;
    this.#rho = rho;
    this.#width = width;
    this.#parameters = { kappa, volOfVol, rho, theta: 1, jumpIntensity: 0, jumpMean: 0, jumpSd: 0 };
    this.count = 0;
  }

  /** Adds the exponents at the next frequency. */
  extend(years: number, frequency: number): void {
    const i = this.count++;
    if (i === this.aRe.length) {
      this.aRe = doubled(this.aRe);
      this.aIm = doubled(this.aIm);
      this.bRe = doubled(this.bRe);
      this.bIm = doubled(this.bIm);
    }
    const exponent = this.#exponent;
    affineExponent(this.#parameters!, years, 0, frequency, exponent);
    this.aRe[i] = exponent.aRe;
    this.aIm[i] = exponent.aIm;
    this.bRe[i] = exponent.bRe;
    this.bIm[i] = exponent.bIm;
  }
}

function doubled(column: Float64Array): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(2 * column.length);
  longer.set(column);
  return longer;
}
