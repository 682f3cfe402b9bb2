import { requireColumns } from "./columns.ts";
import { normalCdf, normalDensity } from "./normal-distribution.ts";

/** Derivatives of a Black price. Rates are zero: forward and spot are one. */
export interface BlackGreeks {
  /** USD per unit of underlying. */
  readonly price: number;
  /** dV/dF. */
  readonly delta: number;
  /** d²V/dF², per USD. */
  readonly gamma: number;
  /** dV/dσ, USD per 1.00 of vol. */
  readonly vega: number;
  /** dV/dt in calendar time, USD per year: never positive. */
  readonly theta: number;
  /** d²V/dF dσ. */
  readonly vanna: number;
  /** d²V/dσ², USD per 1.00 of vol squared. */
  readonly volga: number;
}

/** Quotes as columns, one entry per option. */
export interface OptionColumns {
  /** 1 for a call, 0 for a put. */
  readonly isCall: Uint8Array;
  /** USD. */
  readonly forwards: Float64Array;
  readonly strikes: Float64Array;
  readonly years: Float64Array;
  /** Annualised, 1 = 100 %. */
  readonly vols: Float64Array;
}

/** An input for which the Black formula has no meaning: a mistake in the calling code. */
export class PricingDomainError extends Error {
  override readonly name = "PricingDomainError";
  readonly inputs: Readonly<Record<string, number>>;

  constructor(what: string, inputs: Readonly<Record<string, number>>) {
    const given = Object.entries(inputs).map(([key, value]) => `${key} ${value}`);
    super(`${what}: ${given.join(", ")}`);
    this.inputs = inputs;
  }
}

/**
 * Black price of a European option at zero rates.
 *
 * The out-of-the-money side is priced and the other follows by parity, so that deep tails keep their relative
 * precision and no price is negative. At zero time or vol it is the intrinsic value.
 * @param forward - USD, positive
 * @param strike - USD, positive
 * @param years - to expiry, years of 365 days, not negative
 * @param vol - annualised, 1 = 100 %, not negative
 * @returns USD per unit of underlying, absolute error below 1e-15 × max(forward, strike)
 * @throws {PricingDomainError} when an input is out of its domain
 * @see Black (1976), "The pricing of commodity contracts", equation 16; Haug (2007), section 1.1.5
 */
export function blackPrice(isCall: boolean, forward: number, strike: number, years: number, vol: number): number {
  assertDomain(forward, strike, years, vol);
  const intrinsic = isCall ? forward - strike : strike - forward;
  const timeValue = outOfTheMoneyPrice(forward, strike, vol * Math.sqrt(years));
  return intrinsic > 0 ? intrinsic + timeValue : timeValue;
}

/**
 * Price and Greeks of a European option at zero rates; conventions in {@link BlackGreeks}.
 *
 * At zero time or vol the price is the intrinsic value, delta its slope (one half at the money), and the rest is 0,
 * which at the money is the limit from one side only.
 * @returns absolute error a few roundings of each Greek's largest term; deltas keep their relative precision in the tail
 * @throws {PricingDomainError} when an input is out of its domain
 * @see Haug (2007), "The Complete Guide to Option Pricing Formulas", chapter 2
 */
export function blackGreeks(isCall: boolean, forward: number, strike: number, years: number, vol: number): BlackGreeks {
  const price = blackPrice(isCall, forward, strike, years, vol);
  const deviation = vol * Math.sqrt(years);
  if (deviation === 0) {
    const callDelta = forward > strike ? 1 : forward < strike ? 0 : 0.5;
    return { price, delta: isCall ? callDelta : callDelta - 1, gamma: 0, vega: 0, theta: 0, vanna: 0, volga: 0 };
  }
  const d1 = Math.log(forward / strike) / deviation + 0.5 * deviation;
  const d2 = d1 - deviation;
  const density = normalDensity(d1);
  const vega = forward * density * Math.sqrt(years);
  return {
    price,
    delta: isCall ? normalCdf(d1) : -normalCdf(-d1),
    gamma: density / (forward * deviation),
    vega,
    theta: (-0.5 * vega * vol) / years,
    vanna: (-density * d2) / vol,
    volga: (vega * d1 * d2) / vol,
  };
}

/**
 * {@link blackPrice} of every row, the same to the bit, written to `out`.
 * @throws {ColumnLengthError} when the columns differ in length
 * @throws {PricingDomainError} when an input of any row is out of its domain
 */
export function blackPrices(quotes: OptionColumns, out: Float64Array): void {
  const { isCall, forwards, strikes, years, vols } = quotes;
  requireColumns("blackPrices", out.length, { isCall, forwards, strikes, years, vols });
  for (let i = 0; i < out.length; i++) {
    out[i] = blackPrice(isCall[i] === 1, forwards[i], strikes[i], years[i], vols[i]);
  }
}

/**
 * {@link blackVega} of every row, the same to the bit, USD per 1.00 of vol, written to `out`.
 * @throws {ColumnLengthError} when the columns differ in length
 * @throws {PricingDomainError} when an input of any row is out of its domain
 */
export function blackVegas(quotes: OptionColumns, out: Float64Array): void {
  const { forwards, strikes, years, vols } = quotes;
  requireColumns("blackVegas", out.length, { forwards, strikes, years, vols });
  for (let i = 0; i < out.length; i++) out[i] = blackVega(forwards[i], strikes[i], years[i], vols[i]);
}

/**
 * dV/dσ = F φ(d1) √T, USD per 1.00 of vol; 0 at zero time or vol. Relative error below 1e-14 within eight deviations.
 * @throws {PricingDomainError} when an input is out of its domain
 * @see Haug (2007), section 2.3.1
 */
export function blackVega(forward: number, strike: number, years: number, vol: number): number {
  assertDomain(forward, strike, years, vol);
  const deviation = vol * Math.sqrt(years);
  if (deviation === 0) return 0;
  return forward * normalDensity(Math.log(forward / strike) / deviation + 0.5 * deviation) * Math.sqrt(years);
}

/**
 * Price of whichever of call and put is out of the money (either one at the money), as {@link blackPrice}.
 *
 * Unchecked, for inner loops: NaN for what is no number.
 * @param deviation - standard deviation of the log price to expiry, σ√T
 */
export function outOfTheMoneyPrice(forward: number, strike: number, deviation: number): number {
  if (deviation === 0) return 0;
  const x = -Math.abs(Math.log(forward / strike));
  const d1 = x / deviation + 0.5 * deviation;
  const low = forward < strike ? forward : strike;
  const high = forward < strike ? strike : forward;
  // A call when forward < strike; otherwise the put, which is a call with the two exchanged.
  const price = low * normalCdf(d1) - high * normalCdf(d1 - deviation);
  return price > 0 ? price : 0;
}

function assertDomain(forward: number, strike: number, years: number, vol: number): void {
  if (forward > 0 && forward < Infinity && strike > 0 && strike < Infinity && years >= 0 && vol >= 0) {
    if (years < Infinity && vol < Infinity) return;
  }
  throw new PricingDomainError("an option needs positive prices, time and vol at least zero", {
    forward,
    strike,
    years,
    vol,
  });
}
