import { PricingDomainError } from "./black-scholes.ts";
import { requireColumns } from "./columns.ts";
import { normalCdf, normalDensity } from "./normal-distribution.ts";

/** A European option on an asset with a continuous yield, its market and its vol. */
export interface VanillaOption {
  readonly isCall: boolean;
  /** USD, positive. */
  readonly spot: number;
  /** USD, positive. */
  readonly strike: number;
  /** To expiry, years of 365 days, not negative. */
  readonly years: number;
  /** Continuously compounded, a year: 0.05 = 5 %. */
  readonly rate: number;
  /** Continuously compounded yield of the underlying, a year. */
  readonly dividend: number;
  /** Annualised, 1 = 100 %, not negative. */
  readonly vol: number;
}

/** Names of {@link VanillaGreeks}, in the order in which they are computed. */
export const vanillaGreekNames = [
  "price",
  "delta",
  "gamma",
  "vega",
  "theta",
  "rho",
  "vanna",
  "volga",
  "charm",
  "speed",
  "zomma",
  "colour",
  "veta",
] as const;

/** σT√T below which the Greeks leave the doubles, and nothing is taken to happen any more. */
const LEAST_TIME = 1e-200;

export type VanillaGreekName = (typeof vanillaGreekNames)[number];

/**
 * Price and its derivatives, USD per unit of underlying: delta ∂S, gamma ∂SS, vega ∂σ, theta ∂t, rho ∂r, vanna ∂S∂σ,
 * volga ∂σσ, charm ∂S∂t, speed ∂SSS, zomma ∂SS∂σ, colour ∂SS∂t, veta ∂σ∂t.
 *
 * Vol and rates count in units of 1.00; t is calendar time in years, so that ∂t is minus the derivative in the time left.
 */
export type VanillaGreeks = Readonly<Record<VanillaGreekName, number>>;

/** Options as columns of equal length. */
export interface VanillaColumns {
  /** 1 for a call, 0 for a put. */
  readonly isCall: Uint8Array;
  readonly spots: Float64Array;
  readonly strikes: Float64Array;
  readonly years: Float64Array;
  readonly rates: Float64Array;
  readonly dividends: Float64Array;
  readonly vols: Float64Array;
}

export type VanillaGreekColumns = Readonly<Record<VanillaGreekName, Float64Array>>;

/**
 * Price and all Greeks up to the third order in spot of a European option; conventions in {@link VanillaGreeks}.
 *
 * The out-of-the-money side is priced and the other follows by parity. Where nothing is left to happen (zero time or
 * vol, or a strike out of the doubles' reach) the option is worth its discounted intrinsic value, with that function's
 * own derivatives; exactly at the money its delta is half the yield's discount.
 * @returns price within 1e-15 × max(spot, strike), Greeks within a few roundings of their largest term; relative errors
 * grow as σ√T falls below 1e-4, where theta, charm and colour are differences of large terms
 * @throws {PricingDomainError} when an input is out of its domain
 * @see Black & Scholes (1973); Merton (1973), section 7; Haug (2007), "The Complete Guide to Option Pricing Formulas",
 * chapter 2
 */
export function vanillaGreeks(option: VanillaOption): VanillaGreeks {
  const { isCall, spot, strike, years, rate, dividend, vol } = option;
  const row = new Float64Array(vanillaGreekNames.length);
  fillGreeks(isCall, spot, strike, years, rate, dividend, vol, row);
  return {
    price: row[0],
    delta: row[1],
    gamma: row[2],
    vega: row[3],
    theta: row[4],
    rho: row[5],
    vanna: row[6],
    volga: row[7],
    charm: row[8],
    speed: row[9],
    zomma: row[10],
    colour: row[11],
    veta: row[12],
  };
}

/**
 * {@link vanillaGreeks} of every row, the same to the bit, written to `out`; nothing is allocated per option.
 * @throws {ColumnLengthError} when the columns differ in length
 * @throws {PricingDomainError} when an input of any row is out of its domain
 */
export function vanillaGreeksMany(options: VanillaColumns, out: VanillaGreekColumns): void {
  const { isCall, spots, strikes, years, rates, dividends, vols } = options;
  requireColumns("vanillaGreeksMany", spots.length, { isCall, strikes, years, rates, dividends, vols, ...out });
  const columns = vanillaGreekNames.map((name) => out[name]);
  const row = new Float64Array(columns.length);
  for (let i = 0; i < spots.length; i++) {
    fillGreeks(isCall[i] === 1, spots[i], strikes[i], years[i], rates[i], dividends[i], vols[i], row);
    for (let j = 0; j < row.length; j++) columns[j][i] = row[j];
  }
}

/**
 * Empty columns for {@link vanillaGreeksMany}.
 * @param count - options, a whole number
 * @throws {PricingDomainError} of a count that is none
 */
export function vanillaGreekColumns(count: number): VanillaGreekColumns {
  if (!(Number.isInteger(count) && count >= 0 && count <= 2 ** 32)) {
    throw new PricingDomainError("columns have a whole number of rows", { count });
  }
  const column = () => new Float64Array(count);
  return Object.fromEntries(vanillaGreekNames.map((name) => [name, column()])) as Record<
    VanillaGreekName,
    Float64Array
  >;
}

function fillGreeks(
  isCall: boolean,
  spot: number,
  strike: number,
  years: number,
  rate: number,
  dividend: number,
  vol: number,
  out: Float64Array,
): void {
  assertVanillaDomain(spot, strike, years, rate, dividend, vol);
  const sign = isCall ? 1 : -1;
  const yieldDiscount = Math.exp(-dividend * years);
  const spotValue = spot * yieldDiscount;
  const strikeValue = strike * Math.exp(-rate * years);
  const rootYears = Math.sqrt(years);
  const deviation = vol * rootYears;
  const logForward = Math.log(spot / strike) + (rate - dividend) * years;
  const d1 = deviation > 0 ? logForward / deviation + 0.5 * deviation : logForward * Infinity;
  const d2 = d1 - deviation;
  const density = normalDensity(d1);
  if (!(density > 0) || deviation * years < LEAST_TIME) {
    fillCertain(sign, spotValue, strikeValue, yieldDiscount, years, rate, dividend, d1, d2, out);
    return;
  }

  // Probabilities of the side that is out of the money, so that deep tails keep their relative precision.
  const outSign = logForward > 0 ? -1 : 1;
  const outOne = normalCdf(outSign * d1);
  const outTwo = normalCdf(outSign * d2);
  const timeValue = Math.max(0, outSign * (spotValue * outOne - strikeValue * outTwo));
  const one = sign === outSign ? outOne : 1 - outOne;
  const two = sign === outSign ? outTwo : 1 - outTwo;
  const delta = sign * yieldDiscount * one;
  const gamma = (yieldDiscount * density) / (spot * deviation);
  const vega = spotValue * density * rootYears;
  // ∂d1/∂T = (2(r - q)T - d2 σ√T) / (2T σ√T)
  const drift = (2 * (rate - dividend) * years - d2 * deviation) / (2 * years * deviation);
  out[0] = sign === outSign ? timeValue : timeValue + sign * (spotValue - strikeValue);
  out[1] = delta;
  out[2] = gamma;
  out[3] = vega;
  out[4] = (-0.5 * vega * vol) / years + sign * (dividend * spotValue * one - rate * strikeValue * two);
  out[5] = sign * years * strikeValue * two;
  out[6] = (-yieldDiscount * density * d2) / vol;
  out[7] = (vega * d1 * d2) / vol;
  out[8] = dividend * delta - yieldDiscount * density * drift;
  out[9] = (-gamma / spot) * (d1 / deviation + 1);
  out[10] = (gamma * (d1 * d2 - 1)) / vol;
  out[11] = gamma * (dividend + d1 * drift + 0.5 / years);
  out[12] = vega * (dividend + d1 * drift - 0.5 / years);
}

/** Without a density each leg is exercised surely or never (half, at the money with nothing left to happen). */
function fillCertain(
  sign: number,
  spotValue: number,
  strikeValue: number,
  yieldDiscount: number,
  years: number,
  rate: number,
  dividend: number,
  d1: number,
  d2: number,
  out: Float64Array,
): void {
  const one = Number.isNaN(d1) ? 0.5 : sign * d1 > 0 ? 1 : 0;
  const two = Number.isNaN(d2) ? 0.5 : sign * d2 > 0 ? 1 : 0;
  out.fill(0);
  out[0] = Math.max(0, sign * (spotValue * one - strikeValue * two));
  out[1] = sign * yieldDiscount * one;
  out[4] = sign * (dividend * spotValue * one - rate * strikeValue * two);
  out[5] = sign * years * strikeValue * two;
  out[8] = dividend * out[1];
}

/**
 * Refuses an option without a price.
 * @throws {PricingDomainError} naming all inputs
 */
export function assertVanillaDomain(
  spot: number,
  strike: number,
  years: number,
  rate: number,
  dividend: number,
  vol: number,
): void {
  const isPriced = spot > 0 && spot < Infinity && strike > 0 && strike < Infinity;
  const isTimed = years >= 0 && years < Infinity && vol >= 0 && vol < Infinity;
  if (isPriced && isTimed && Number.isFinite(rate) && Number.isFinite(dividend)) return;
  throw new PricingDomainError("an option needs positive prices, finite rates, time and vol at least zero", {
    spot,
    strike,
    years,
    rate,
    dividend,
    vol,
  });
}
