import type { BatesParameters } from "./bates-parameters.ts";
import { assertBatesParameters } from "./bates-parameters.ts";
import { PricingDomainError } from "./black-scholes.ts";
import { requireColumns } from "./columns.ts";
import { CosConvergenceError, CosExpansion } from "./cos-expansion.ts";
import { CosSeries } from "./cos-series.ts";
import type { JumpPart } from "./bates-transform.ts";
import { impliedDeviation, NoImpliedVolError } from "./implied-vol.ts";

export type { BatesParameters } from "./bates-parameters.ts";
export { BatesParameterError } from "./bates-parameters.ts";

/** Expansions kept per pricer before all are forgotten: a run asks for a few hundred tenors and octaves. */
const MOST_EXPANSIONS = 4096;
/** Self-check: prices on a wider interval with more terms must agree to this, in units of the forward. */
const SELF_CHECK_TOLERANCE = 1e-11;
/** Terms that one series may have, and a series that cannot be split into parts. */
const MANY_TERMS = 1 << 11;
const MOST_TERMS = 1 << 18;
/**
 * Below this many expected jumps, or when one series would need many terms, paths without one are expanded apart: their density is narrow and that of the others
 * wide but smooth, so that neither needs many terms, however short the tenor.
 */
const FEW_JUMPS = 0.5;
/** Expected jumps whose part has too little mass for an interval, and a spread too small to smooth it. */
const NEGLIGIBLE_JUMPS = 1e-11;
const SMALLEST_JUMP_SD = 1e-3;
const SMALLEST_BUCKET = -20;
/** Log-moneyness beyond which a strike is no strike but a slip of the unit. */
const FURTHEST = 100;

/**
 * Prices European options under one set of Bates parameters at zero rates, for any variance today and any tenor.
 *
 * Prices are in units of the forward and strikes are log-moneyness k = ln(K/F). Puts come from the cosine series and
 * calls by parity; absolute error below 1e-10 of the forward, checked once per octave of tenor and variance against a wider interval with
 * more terms. Transform coefficients are kept per tenor and octave of variance.
 * @see Fang & Oosterlee (2008), section 3
 */
export class BatesPricer {
  readonly parameters: BatesParameters;
  readonly #expansions = new Map<number, Map<number, readonly CosExpansion[]>>();
  #expansionCount = 0;
  /** Octaves of variance and tenor whose first expansion has passed its self-check. */
  readonly #checkedOctaves = new Set<number>();
  /** Series of the parts at the current variance and tenor. */
  readonly #series = [new CosSeries(), new CosSeries()];
  #parts = 0;
  #currentVariance = NaN;
  #currentYears = NaN;

  /** @throws {BatesParameterError} when a parameter is out of its range */
  constructor(parameters: BatesParameters) {
    assertBatesParameters(parameters);
    const { kappa, theta, volOfVol, rho, jumpIntensity, jumpMean, jumpSd } = parameters;
    this.parameters = { kappa, theta, volOfVol, rho, jumpIntensity, jumpMean, jumpSd };
  }

  /**
   * Prices over the forward at each log-moneyness, within [0, 1] for calls and [0, e^k] for puts, written to `out`.
   * @param variance - today's annualised variance, not negative
   * @param years - to expiry, years of 365 days, positive
   * @throws {PricingDomainError} when variance, years or a log-moneyness is out of its domain
   * @throws {ColumnLengthError} when the columns differ in length
   * @throws {CosConvergenceError} when the series does not converge
   */
  prices(variance: number, years: number, logMoneyness: Float64Array, isCall: boolean, out: Float64Array): void {
    requireColumns("BatesPricer.prices", out.length, { logMoneyness });
    this.#prepare(variance, years);
    for (let i = 0; i < logMoneyness.length; i++) {
      const k = logMoneyness[i];
      const put = this.#put(k);
      out[i] = isCall ? Math.max(0, put - Math.expm1(k)) : put;
    }
  }

  /** Price over the forward of one option, the same to the bit as in {@link prices}. @throws as {@link prices} */
  price(variance: number, years: number, logMoneyness: number, isCall: boolean): number {
    this.#prepare(variance, years);
    const put = this.#put(logMoneyness);
    return isCall ? Math.max(0, put - Math.expm1(logMoneyness)) : put;
  }

  /**
   * Implied vols at each log-moneyness, from the out-of-the-money side, written to `out`.
   *
   * NaN where the price is below the series' resolution (far beyond ten standard deviations).
   * @returns how many are NaN
   * @throws as {@link prices}
   */
  impliedVols(variance: number, years: number, logMoneyness: Float64Array, out: Float64Array): number {
    requireColumns("BatesPricer.impliedVols", out.length, { logMoneyness });
    this.#prepare(variance, years);
    const inverseRoot = 1 / Math.sqrt(years);
    // One guess for all, so that a vol does not depend on the strikes that it is asked with.
    const guess = Math.sqrt(variance * years);
    let missing = 0;
    for (let i = 0; i < logMoneyness.length; i++) {
      const k = logMoneyness[i];
      const put = this.#put(k);
      const price = k > 0 ? put - Math.expm1(k) : put;
      const deviation =
        price > SELF_CHECK_TOLERANCE ? impliedDeviation(price * Math.exp(-0.5 * k), Math.abs(k), guess) : NaN;
      if (Number.isNaN(deviation)) missing++;
      out[i] = deviation * inverseRoot;
    }
    return missing;
  }

  /**
   * Implied vol of one option, the same to the bit as in {@link impliedVols}.
   * @throws as {@link prices}
   * @throws {NoImpliedVolError} when the price is below the series' resolution
   */
  impliedVol(variance: number, years: number, logMoneyness: number): number {
    const vol = this.impliedVolOrNaN(variance, years, logMoneyness);
    if (vol > 0) return vol;
    const isCall = logMoneyness > 0;
    const price = this.price(variance, years, logMoneyness, isCall);
    throw new NoImpliedVolError(isCall, price, 1, Math.exp(logMoneyness), years);
  }

  /** {@link impliedVol} for hot loops: NaN as in {@link impliedVols}. */
  impliedVolOrNaN(variance: number, years: number, logMoneyness: number): number {
    this.#oneMoneyness[0] = logMoneyness;
    this.impliedVols(variance, years, this.#oneMoneyness, this.#oneVol);
    return this.#oneVol[0];
  }

  /**
   * dV/dF at constant variance: the model's own delta, without the part of the hedge that goes through the vol.
   * By homogeneity a put's is P/F - e^k Prob(S_T < K), and a call's one more. Absolute error below 1e-8.
   * @throws as {@link prices}
   */
  delta(variance: number, years: number, logMoneyness: number, isCall: boolean): number {
    this.#prepare(variance, years);
    const put = this.#put(logMoneyness) - Math.exp(logMoneyness) * this.#probabilityBelow(logMoneyness);
    return isCall ? put + 1 : put;
  }

  /** {@link delta} at each log-moneyness, the same to the bit, written to `out`. @throws as {@link prices} */
  deltas(variance: number, years: number, logMoneyness: Float64Array, isCall: boolean, out: Float64Array): void {
    requireColumns("BatesPricer.deltas", out.length, { logMoneyness });
    for (let i = 0; i < out.length; i++) out[i] = this.delta(variance, years, logMoneyness[i], isCall);
  }

  /**
   * d(V/F)/dv: sensitivity to today's variance, the same for calls and puts. Absolute error below 1e-8.
   * @throws as {@link prices}
   */
  varianceSlope(variance: number, years: number, logMoneyness: number): number {
    this.#prepare(variance, years);
    requireMoneyness(logMoneyness);
    let sum = 0;
    for (let part = 0; part < this.#parts; part++) sum += this.#series[part].varianceSlope(logMoneyness);
    return sum;
  }

  /** {@link varianceSlope} at each log-moneyness, the same to the bit, written to `out`. @throws as {@link prices} */
  varianceSlopes(variance: number, years: number, logMoneyness: Float64Array, out: Float64Array): void {
    requireColumns("BatesPricer.varianceSlopes", out.length, { logMoneyness });
    for (let i = 0; i < out.length; i++) out[i] = this.varianceSlope(variance, years, logMoneyness[i]);
  }

  readonly #oneMoneyness = new Float64Array(1);
  readonly #oneVol = new Float64Array(1);

  #put(logMoneyness: number): number {
    requireMoneyness(logMoneyness);
    let sum = 0;
    for (let part = 0; part < this.#parts; part++) sum += this.#series[part].put(logMoneyness);
    return Math.max(0, sum, Math.expm1(logMoneyness));
  }

  #probabilityBelow(logMoneyness: number): number {
    let sum = 0;
    for (let part = 0; part < this.#parts; part++) sum += this.#series[part].probabilityBelow(logMoneyness);
    return Math.min(1, Math.max(0, sum));
  }

  /** Makes the series at (variance, years) current. */
  #prepare(variance: number, years: number): void {
    if (variance === this.#currentVariance && years === this.#currentYears) return;
    if (!(variance >= 0 && variance < Infinity && years > 0 && years < Infinity)) {
      throw new PricingDomainError("Bates prices need a variance of at least zero and time left", { variance, years });
    }
    this.#load(this.#expansionsAt(variance, years), variance);
    this.#currentVariance = variance;
    this.#currentYears = years;
  }

  #load(expansions: readonly CosExpansion[], variance: number): void {
    expansions.forEach((expansion, part) => this.#series[part].load(expansion, variance));
    this.#parts = expansions.length;
    this.#currentYears = NaN;
  }

  #expansionsAt(variance: number, years: number): readonly CosExpansion[] {
    const bucket = Math.max(SMALLEST_BUCKET, Math.floor(Math.log2(variance)));
    const known = this.#expansions.get(years)?.get(bucket);
    if (known !== undefined) return known;
    if (this.#expansionCount >= MOST_EXPANSIONS) {
      this.#expansions.clear();
      this.#expansionCount = 0;
    }
    const smallest = bucket === SMALLEST_BUCKET ? 0 : 2 ** bucket;
    const largest = 2 ** (bucket + 1);
    const expansions = this.#expand(years, smallest, largest, 1);
    const octaves = bucket * 1000 + Math.floor(Math.log2(years));
    if (!this.#checkedOctaves.has(octaves)) {
      this.#selfCheck(expansions, years, smallest, largest);
      this.#checkedOctaves.add(octaves);
    }
    let ofTenor = this.#expansions.get(years);
    if (ofTenor === undefined) this.#expansions.set(years, (ofTenor = new Map<number, readonly CosExpansion[]>()));
    ofTenor.set(bucket, expansions);
    this.#expansionCount++;
    return expansions;
  }

  #expand(years: number, smallest: number, largest: number, widening: number): readonly CosExpansion[] {
    const { jumpIntensity, jumpSd } = this.parameters;
    const expand = (part: JumpPart, mostTerms: number): CosExpansion =>
      new CosExpansion(this.parameters, years, smallest, largest, part, mostTerms, widening);
    const expected = jumpIntensity * years;
    if (expected < NEGLIGIBLE_JUMPS || jumpSd < SMALLEST_JUMP_SD) return [expand("all", MOST_TERMS)];
    if (expected >= FEW_JUMPS) {
      try {
        return [expand("all", MANY_TERMS)];
      } catch (error) {
        if (!(error instanceof CosConvergenceError)) throw error;
      }
    }
    return [expand("without jumps", MOST_TERMS), expand("with jumps", MOST_TERMS)];
  }

  #selfCheck(expansions: readonly CosExpansion[], years: number, smallest: number, largest: number): void {
    const wider = this.#expand(years, smallest, largest, 1.5);
    const distance = Math.min(0.5, expansions[0].width / 8);
    for (const variance of [smallest, largest]) {
      for (const logMoneyness of [-distance, 0, distance]) {
        this.#load(expansions, variance);
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

function requireMoneyness(logMoneyness: number): void {
  if (Math.abs(logMoneyness) <= FURTHEST) return;
  throw new PricingDomainError(`Bates prices need a log-moneyness within ±${FURTHEST}`, { logMoneyness });
}

/**
 * {@link BatesPricer.delta} of an option in USD terms; for many options keep a pricer.
 * @param variance - today's annualised variance
 * @param forward - USD, positive
 * @param strike - USD, positive
 * @param years - to expiry, years of 365 days, positive
 * @throws {BatesParameterError} when a parameter is out of its range
 * @throws as {@link BatesPricer.prices}
 */
export function batesDelta(
  parameters: BatesParameters,
  variance: number,
  isCall: boolean,
  forward: number,
  strike: number,
  years: number,
): number {
  if (!(forward > 0 && strike > 0)) throw new PricingDomainError("a delta needs positive prices", { forward, strike });
  return new BatesPricer(parameters).delta(variance, years, Math.log(strike / forward), isCall);
}
