import type { BatesParameters } from "./bates-parameters.ts";
import { assertBatesParameters } from "./bates-parameters.ts";
import { PricingDomainError } from "./black-scholes.ts";
import { CosConvergenceError, CosExpansion } from "./cos-expansion.ts";
import { impliedDeviation } from "./implied-vol.ts";

export type { BatesParameters } from "./bates-parameters.ts";
export { BatesParameterError } from "./bates-parameters.ts";

/** Expansions kept per pricer before all are forgotten: a run asks for a few hundred tenors and octaves. */
const MOST_EXPANSIONS = 4096;
/** Self-check: prices on a wider interval with more terms must agree to this, in units of the forward. */
const SELF_CHECK_TOLERANCE = 1e-11;
/** e^-40 is below the last term kept. */
const NEGLIGIBLE_EXPONENT = -40;
const SMALLEST_BUCKET = -20;

/**
 * Prices European options under one set of Bates parameters at zero rates, for any variance today and any tenor.
 *
 * Prices are in units of the forward and strikes are log-moneyness k = ln(K/F). Puts come from the cosine series and
 * calls by parity; absolute error below 1e-11 of the forward, checked for each new tenor against a wider interval with
 * more terms. Transform coefficients are kept per tenor and octave of variance.
 * @see Fang & Oosterlee (2008), section 3
 */
export class BatesPricer {
  readonly parameters: BatesParameters;
  readonly #expansions = new Map<number, Map<number, CosExpansion>>();
  #expansionCount = 0;
  #current: CosExpansion | undefined;
  #currentVariance = NaN;
  #currentYears = NaN;
  /** Coefficients of the current expansion at the current variance: plain, and over the frequency. */
  #cosine = new Float64Array(256);
  #sine = new Float64Array(256);
  #terms = 0;
  #constant = 0;

  /** @throws {BatesParameterError} when a parameter is out of its range */
  constructor(parameters: BatesParameters) {
    assertBatesParameters(parameters);
    const { kappa, theta, volOfVol, rho, jumpIntensity, jumpMean, jumpSd } = parameters;
    this.parameters = { kappa, theta, volOfVol, rho, jumpIntensity, jumpMean, jumpSd };
  }

  /**
   * Prices over the forward at each log-moneyness, written to `out`.
   * @param variance - today's annualised variance, not negative
   * @param years - to expiry, years of 365 days, positive
   * @throws {PricingDomainError} when variance or years is out of its domain
   * @throws {CosConvergenceError} when the series does not converge
   */
  prices(variance: number, years: number, logMoneyness: Float64Array, isCall: boolean, out: Float64Array): void {
    this.#prepare(variance, years);
    for (let i = 0; i < logMoneyness.length; i++) {
      const k = logMoneyness[i];
      const put = this.#put(k);
      out[i] = isCall ? Math.max(0, put - Math.expm1(k)) : put;
    }
  }

  /** Price over the forward of one option; see {@link prices}. */
  price(variance: number, years: number, logMoneyness: number, isCall: boolean): number {
    this.#prepare(variance, years);
    const put = this.#put(logMoneyness);
    return isCall ? Math.max(0, put - Math.expm1(logMoneyness)) : put;
  }

  /**
   * Implied vols at each log-moneyness, from the out-of-the-money side, written to `out`.
   *
   * NaN where the price is below the series' resolution (far beyond ten standard deviations); the caller counts these.
   * @throws as {@link prices}
   */
  impliedVols(variance: number, years: number, logMoneyness: Float64Array, out: Float64Array): void {
    this.#prepare(variance, years);
    const inverseRoot = 1 / Math.sqrt(years);
    let guess = Math.sqrt(variance * years);
    for (let i = 0; i < logMoneyness.length; i++) {
      const k = logMoneyness[i];
      const put = this.#put(k);
      const price = k > 0 ? put - Math.expm1(k) : put;
      const deviation =
        price > SELF_CHECK_TOLERANCE ? impliedDeviation(price * Math.exp(-0.5 * k), Math.abs(k), guess) : NaN;
      if (deviation > 0) guess = deviation;
      out[i] = deviation * inverseRoot;
    }
  }

  /** Implied vol of one option; NaN as in {@link impliedVols}. */
  impliedVol(variance: number, years: number, logMoneyness: number): number {
    this.#oneMoneyness[0] = logMoneyness;
    this.impliedVols(variance, years, this.#oneMoneyness, this.#oneVol);
    return this.#oneVol[0];
  }

  /**
   * dV/dF at constant variance: the model's own delta, without the part of the hedge that goes through the vol.
   * By homogeneity a put's is P/F - e^k Prob(S_T < K), and a call's one more.
   */
  delta(variance: number, years: number, logMoneyness: number, isCall: boolean): number {
    this.#prepare(variance, years);
    const put = this.#put(logMoneyness) - Math.exp(logMoneyness) * this.#distribution(logMoneyness);
    return isCall ? put + 1 : put;
  }

  /** d(V/F)/dv: sensitivity to today's variance, the same for calls and puts. */
  varianceSlope(variance: number, years: number, logMoneyness: number): number {
    const expansion = this.#prepare(variance, years);
    const { from, width, frequency, weight, aRe, aIm, bRe, bIm } = expansion;
    const distance = Math.min(Math.max(logMoneyness - from, 0), width);
    const strike = Math.exp(from + distance);
    let sum = 0;
    for (let i = 0; i < this.#terms; i++) {
      const size = weight[i] * Math.exp(aRe[i] + bRe[i] * variance);
      const angle = aIm[i] + bIm[i] * variance;
      const slope = size * (bRe[i] * Math.cos(angle) - bIm[i] * Math.sin(angle));
      const turn = frequency[i] * distance;
      sum += slope * (strike * (Math.sin(turn) / frequency[i] - Math.cos(turn)) + Math.exp(from));
    }
    return sum;
  }

  readonly #oneMoneyness = new Float64Array(1);
  readonly #oneVol = new Float64Array(1);

  /** Put over forward: Σ' D_j [e^k (sin(u_j y)/u_j - cos(u_j y)) + e^a], y = k - a, with the zeroth term in closed form. */
  #put(logMoneyness: number): number {
    const { from, width } = this.#current!;
    const distance = logMoneyness - from;
    if (distance <= 0) return 0;
    if (distance >= width) return Math.max(0, Math.expm1(logMoneyness));
    const strike = Math.exp(logMoneyness);
    const step = (Math.PI * distance) / width;
    const stepCosine = Math.cos(step);
    const stepSine = Math.sin(step);
    const cosineTerms = this.#cosine;
    const sineTerms = this.#sine;
    let cosine = stepCosine;
    let sine = stepSine;
    let sum = 0;
    for (let i = 0; i < this.#terms; i++) {
      sum += sineTerms[i] * sine - cosineTerms[i] * cosine;
      const next = cosine * stepCosine - sine * stepSine;
      sine = sine * stepCosine + cosine * stepSine;
      cosine = next;
    }
    const zeroth = (strike * distance - strike + Math.exp(from)) / width;
    return Math.max(0, zeroth + strike * sum + this.#constant);
  }

  /** Prob(S_T < K) from the same coefficients. */
  #distribution(logMoneyness: number): number {
    const { from, width, frequency } = this.#current!;
    const distance = logMoneyness - from;
    if (distance <= 0) return 0;
    if (distance >= width) return 1;
    let sum = distance / width;
    for (let i = 0; i < this.#terms; i++) {
      const u = frequency[i];
      sum += this.#sine[i] * (1 + u * u) * Math.sin(u * distance);
    }
    return Math.min(1, Math.max(0, sum));
  }

  /** Makes coefficients at (variance, years) current. */
  #prepare(variance: number, years: number): CosExpansion {
    if (variance === this.#currentVariance && years === this.#currentYears) return this.#current!;
    if (!(variance >= 0 && variance < Infinity && years > 0 && years < Infinity)) {
      throw new PricingDomainError("Bates prices need a variance of at least zero and time left", { variance, years });
    }
    const expansion = this.#expansion(variance, years);
    this.#load(expansion, variance);
    this.#currentYears = years;
    return expansion;
  }

  #load(expansion: CosExpansion, variance: number): void {
    const { frequency, weight, aRe, aIm, bRe, bIm } = expansion;
    const length = frequency.length;
    if (this.#cosine.length < length) {
      this.#cosine = new Float64Array(2 * length);
      this.#sine = new Float64Array(2 * length);
    }
    let sum = 0;
    let i = 0;
    for (; i < length; i++) {
      const size = aRe[i] + bRe[i] * variance;
      if (size < NEGLIGIBLE_EXPONENT) break;
      const term = weight[i] * Math.exp(size) * Math.cos(aIm[i] + bIm[i] * variance);
      this.#cosine[i] = term;
      this.#sine[i] = term / frequency[i];
      sum += term;
    }
    this.#terms = i;
    this.#constant = sum * Math.exp(expansion.from);
    this.#current = expansion;
    this.#currentVariance = variance;
    this.#currentYears = NaN;
  }

  #expansion(variance: number, years: number): CosExpansion {
    const bucket = Math.max(SMALLEST_BUCKET, Math.floor(Math.log2(variance)));
    const known = this.#expansions.get(years)?.get(bucket);
    if (known !== undefined) return known;
    if (this.#expansionCount >= MOST_EXPANSIONS) {
      this.#expansions.clear();
      this.#expansionCount = 0;
    }
    const smallest = bucket === SMALLEST_BUCKET ? 0 : 2 ** bucket;
    const largest = 2 ** (bucket + 1);
    const expansion = new CosExpansion(this.parameters, years, smallest, largest);
    this.#selfCheck(expansion, years, smallest, largest);
    let ofTenor = this.#expansions.get(years);
    if (ofTenor === undefined) this.#expansions.set(years, (ofTenor = new Map<number, CosExpansion>()));
    ofTenor.set(bucket, expansion);
    this.#expansionCount++;
    return expansion;
  }

  #selfCheck(expansion: CosExpansion, years: number, smallest: number, largest: number): void {
    const wider = new CosExpansion(this.parameters, years, smallest, largest, 1.5);
    const deviation = expansion.width / 20;
    for (const variance of [smallest, largest]) {
      for (const logMoneyness of [-2 * deviation, 0, 2 * deviation]) {
        this.#load(expansion, variance);
        const price = this.#put(logMoneyness);
        this.#load(wider, variance);
        const difference = Math.abs(this.#put(logMoneyness) - price);
        if (!(difference <= SELF_CHECK_TOLERANCE)) {
          throw new CosConvergenceError(`two intervals differ by ${difference}`, years, variance);
        }
      }
    }
  }
}

/** {@link BatesPricer.delta} of an option in USD terms; for many options keep a pricer. */
export function batesDelta(
  parameters: BatesParameters,
  variance: number,
  isCall: boolean,
  forward: number,
  strike: number,
  years: number,
): number {
  return new BatesPricer(parameters).delta(variance, years, Math.log(strike / forward), isCall);
}
