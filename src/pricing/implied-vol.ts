import { requireColumns } from "./columns.ts";
import { normalCdf, normalDensity } from "./normal-distribution.ts";
import { normalisedVega, priceOverVega } from "./normalised-black.ts";

/** A premium that no Black vol explains: at or below intrinsic value, at or above the bound, or with no time left. */
export class NoImpliedVolError extends Error {
  override readonly name = "NoImpliedVolError";
  readonly premium: number;

  constructor(isCall: boolean, premium: number, forward: number, strike: number, years: number) {
    const kind = isCall ? "call" : "put";
    const intrinsic = Math.max(0, isCall ? forward - strike : strike - forward);
    const bound = isCall ? forward : strike;
    super(
      `no vol gives a ${kind} of strike ${strike} on ${forward} with ${years} years to go the premium ${premium}: ` +
        `it lies outside (${intrinsic}, ${bound}) or too close to its ends`,
    );
    this.premium = premium;
  }
}

/** Premiums of European options at zero rates as columns, one entry per option. */
export interface PremiumColumns {
  /** 1 for a call, 0 for a put. */
  readonly isCall: Uint8Array;
  /** USD per unit of underlying. */
  readonly premiums: Float64Array;
  /** USD. */
  readonly forwards: Float64Array;
  readonly strikes: Float64Array;
  /** To expiry, years of 365 days. */
  readonly years: Float64Array;
}

/**
 * Implied volatility of a European option at zero rates.
 *
 * Of a premium that is out of the money the relative error is below 1e-15, for σ√T from 1e-10 to 7 and premiums down to
 * 1e-290 of the forward. Of one in the money it is that of the time value that subtracting the intrinsic value leaves.
 * @param premium - USD per unit of underlying
 * @param forward - USD, positive
 * @param strike - USD, positive
 * @param years - to expiry, years of 365 days
 * @returns annualised volatility, 1 = 100 %
 * @throws {NoImpliedVolError} when the premium lies outside the no-arbitrage bounds, or no time is left
 * @see Jäckel (2015), "Let's Be Rational": the split at the inflection point and the objectives of the two branches
 */
export function impliedVol(isCall: boolean, premium: number, forward: number, strike: number, years: number): number {
  const vol = impliedVolOrNaN(isCall, premium, forward, strike, years);
  if (Number.isNaN(vol)) throw new NoImpliedVolError(isCall, premium, forward, strike, years);
  return vol;
}

/**
 * {@link impliedVol} of every row, written to `out`: the same numbers, NaN where that throws.
 * @returns how many rows have no vol
 * @throws {ColumnLengthError} when the columns differ in length
 */
export function impliedVols(quotes: PremiumColumns, out: Float64Array): number {
  const { isCall, premiums, forwards, strikes, years } = quotes;
  requireColumns("impliedVols", out.length, { isCall, premiums, forwards, strikes, years });
  let missing = 0;
  for (let i = 0; i < out.length; i++) {
    out[i] = impliedVolOrNaN(isCall[i] === 1, premiums[i], forwards[i], strikes[i], years[i]);
    if (Number.isNaN(out[i])) missing++;
  }
  return missing;
}

/** {@link impliedVol} for hot loops: NaN where that throws; the caller counts the NaNs. */
export function impliedVolOrNaN(
  isCall: boolean,
  premium: number,
  forward: number,
  strike: number,
  years: number,
): number {
  if (!(forward > 0 && strike > 0 && years > 0 && premium > 0)) return NaN;
  if (!(forward < Infinity && strike < Infinity && years < Infinity)) return NaN;
  const intrinsic = isCall ? forward - strike : strike - forward;
  const timeValue = intrinsic > 0 ? premium - intrinsic : premium;
  const root = Math.sqrt(forward) * Math.sqrt(strike);
  const distance = logDistance(forward, strike);
  const deviation = impliedDeviation(timeValue / root, distance);
  if (!(deviation > 0)) return NaN;
  return (
    polished(deviation, distance, timeValue / root, (Math.min(forward, strike) - timeValue) / root) / Math.sqrt(years)
  );
}

/** |ln(forward/strike)|; nearby their difference is exact and the quotient is not. */
function logDistance(forward: number, strike: number): number {
  const ratio = forward / strike;
  return Math.abs(ratio > 0.5 && ratio < 2 ? Math.log1p((forward - strike) / strike) : Math.log(ratio));
}

/**
 * Newton's steps on the logarithm of the price, or of its distance `gap` to the bound where that is smaller: both keep
 * the relative precision that the price as a difference of probabilities loses for a small σ√T.
 */
function polished(deviation: number, distance: number, price: number, gap: number): number {
  const bound = Math.exp(-0.5 * distance);
  let s = deviation;
  for (let step = 0; step < MOST_POLISHING; step++) {
    const vega = normalisedVega(distance, s);
    let move: number;
    if (price < gap) {
      const overVega = priceOverVega(distance, s);
      move = -Math.log((overVega * vega) / price) * overVega;
    } else {
      const h = distance / s;
      const here = bound * normalCdf(h - 0.5 * s) + normalCdf(-h - 0.5 * s) / bound;
      move = (Math.log(here / gap) * here) / vega;
    }
    if (!(Math.abs(move) < 0.1 * s)) return s;
    s += move;
    if (Math.abs(move) <= 4 * Number.EPSILON * s) return s;
  }
  return s;
}

const MOST_POLISHING = 4;

/**
 * σ√T that gives an out-of-the-money option its price, as exact as Black's formula as a difference of probabilities: the
 * relative error is a few roundings over σ√T. Unchecked, for inner loops.
 * @param price - divided by √(forward × strike)
 * @param distance - |ln(forward / strike)|
 * @param guess - a value near the answer; 0 for none
 * @returns NaN when the price is not strictly between 0 and its bound e^(-distance/2)
 */
export function impliedDeviation(price: number, distance: number, guess = 0): number {
  const bound = Math.exp(-0.5 * distance);
  if (!(price > SMALLEST_PRICE && price < bound * (1 - Number.EPSILON))) return NaN;
  const inflection = Math.sqrt(2 * distance);
  const priceAtInflection = distance === 0 ? 0 : normalisedPrice(distance, inflection, bound);
  const isLow = price < priceAtInflection;
  // Bracket: the price rises with the deviation, and crosses `price` on one side of the inflection point.
  let low = isLow ? 0 : inflection;
  let high = isLow ? inflection : LARGEST_DEVIATION;
  let s = guess > low && guess < high ? guess : isLow ? lowGuess(price, distance) : highGuess(price, distance, bound);
  if (!(s > low && s < high)) s = isLow ? 0.5 * inflection : inflection + 1;
  const logPrice = Math.log(price);
  for (let iteration = 0; iteration < LARGEST_ITERATIONS; iteration++) {
    const value = normalisedPrice(distance, s, bound);
    if (value < price) low = s;
    else high = s;
    let step: number;
    if (value > SMALLEST_PRICE) {
      const h = distance / s;
      const t = 0.5 * s;
      // Price's slope and the ratio of second to first derivative, both exact.
      const slope = normalDensity(h - t) * bound;
      const curvature = (h * h) / s - 0.25 * s;
      step = isLow ? lowStep(value, logPrice, slope, curvature) : highStep(value, price, bound, slope, curvature);
    } else {
      step = NaN;
    }
    // Third order: what a step this small leaves over is below the rounding of the price.
    if (Math.abs(step) <= LAST_STEP * s) return s + step;
    let next = s + step;
    if (!(next > low && next < high)) next = high === LARGEST_DEVIATION ? 2 * s : 0.5 * (low + high);
    if (next > LARGEST_DEVIATION) return NaN;
    s = next;
  }
  return s;
}

const SMALLEST_PRICE = 1e-300;
const LARGEST_DEVIATION = 80;
const LARGEST_ITERATIONS = 60;
const LAST_STEP = 2e-6;

/** Out-of-the-money price over √(forward × strike): e^(-x/2) Φ(d1) - e^(x/2) Φ(d2), x = distance. */
function normalisedPrice(distance: number, deviation: number, bound: number): number {
  const h = distance / deviation;
  const t = 0.5 * deviation;
  return bound * normalCdf(t - h) - normalCdf(-t - h) / bound;
}

/** Halley's step on 1/ln(price), which is nearly linear in s² far below the inflection point. */
function lowStep(value: number, logPrice: number, slope: number, curvature: number): number {
  const log = Math.log(value);
  const relativeSlope = slope / value;
  const newton = ((logPrice - log) * log) / (logPrice * relativeSlope);
  // f = 1/ln b - 1/ln β: f''/f' = b''/b' - b'/b - 2 b'/(b ln b).
  const ratio = curvature - relativeSlope - (2 * relativeSlope) / log;
  return newton / Math.max(0.5, 1 + 0.5 * newton * ratio);
}

/** Halley's step on the price, or on the logarithm of its distance to the bound when that is small. */
function highStep(value: number, price: number, bound: number, slope: number, curvature: number): number {
  if (price < 0.5 * bound) {
    const newton = (price - value) / slope;
    return newton / Math.max(0.5, 1 + 0.5 * newton * curvature);
  }
  const gap = bound - value;
  const newton = (-Math.log((bound - price) / gap) * gap) / slope;
  return newton / Math.max(0.5, 1 + 0.5 * newton * (curvature + slope / gap));
}

/** From ln b ≈ -x²/(2s²), the leading order below the inflection point. */
function lowGuess(price: number, distance: number): number {
  const leading = distance / Math.sqrt(-2 * Math.log(price));
  // The next order divides by the tail's prefactor; one fixed-point pass is enough to start from.
  const h = distance / leading;
  const prefactor = leading / (Math.sqrt(2 * Math.PI) * h * h + 1e-12);
  const argument = -2 * (Math.log(price) - Math.log(Math.min(1, prefactor)));
  return argument > 0 ? distance / Math.sqrt(argument) : leading;
}

/** At the money b = 2Φ(s/2) - 1 ≈ s/√(2π); above the inflection point add the shortfall over the slope there. */
function highGuess(price: number, distance: number, bound: number): number {
  if (distance === 0) return price * Math.sqrt(2 * Math.PI);
  const inflection = Math.sqrt(2 * distance);
  const slope = normalDensity(distance / inflection - 0.5 * inflection) * bound;
  return inflection + (price - normalisedPrice(distance, inflection, bound)) / slope;
}
