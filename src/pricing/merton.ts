import type { OptionColumns } from "./black-scholes.ts";
import { blackPrice, PricingDomainError } from "./black-scholes.ts";
import { requireColumns } from "./columns.ts";
import { impliedDeviation, NoImpliedVolError } from "./implied-vol.ts";

/** Merton's model: constant vol and normal log jumps, zero rates. */
export interface MertonParameters {
  /** Annualised vol of the diffusion, 1 = 100 %. */
  readonly vol: number;
  /** Jumps a year. */
  readonly jumpIntensity: number;
  /** Mean of the *log* jump. */
  readonly jumpMean: number;
  /** Standard deviation of the log jump. */
  readonly jumpSd: number;
}

/** Weight that may be left out of the series. */
const TAIL_PROBABILITY = 1e-17;

/**
 * Price of a European option under Merton's model as a Poisson mixture of Black prices, USD per unit.
 *
 * Given n jumps the log return is normal: its forward is F e^(-λmT) (1 + m)^n and its variance σ²T + nδ². The series
 * ends where the Poisson tail is below 1e-17, and starts where the head is, so that any λT up to 500 is exact: absolute
 * error below 1e-14 × max(forward, strike).
 * @param forward - USD, positive
 * @param strike - USD, positive
 * @param years - to expiry, years of 365 days, not negative
 * @throws {PricingDomainError} when an input is out of its domain
 * @see Merton (1976), "Option pricing when underlying stock returns are discontinuous", equation 16
 */
export function mertonPrice(
  { vol, jumpIntensity, jumpMean, jumpSd }: MertonParameters,
  isCall: boolean,
  forward: number,
  strike: number,
  years: number,
): number {
  const meanJumps = jumpIntensity * years;
  const hasJumps = meanJumps >= 0 && meanJumps <= 500 && Math.abs(jumpMean) <= 10 && jumpSd >= 0 && jumpSd <= 10;
  if (!(hasJumps && vol >= 0 && vol <= 1e3)) {
    throw new PricingDomainError(
      "a Merton price needs a vol within [0, 1000], 0 to 500 expected jumps, a jump mean within ±10 and sd within [0, 10]",
      { vol, meanJumps, jumpMean, jumpSd },
    );
  }
  const logMeanJump = jumpMean + 0.5 * jumpSd * jumpSd;
  const logCompensator = -meanJumps * Math.expm1(logMeanJump);
  let sum = 0;
  let weight = Math.exp(-meanJumps);
  for (let jumps = 0; jumps <= meanJumps || weight > TAIL_PROBABILITY; jumps++) {
    if (weight > TAIL_PROBABILITY) {
      const jumpedForward = forward * Math.exp(logCompensator + jumps * logMeanJump);
      const totalVol = Math.sqrt(vol * vol + (years > 0 ? (jumps * jumpSd * jumpSd) / years : 0));
      sum += weight * blackPrice(isCall, jumpedForward, strike, years, totalVol);
    }
    weight *= meanJumps / (jumps + 1);
  }
  return sum;
}

/**
 * {@link mertonPrice} of every row, the same to the bit, written to `out`.
 * @throws {ColumnLengthError} when the columns differ in length
 * @throws as {@link mertonPrice}
 */
export function mertonPrices(
  parameters: MertonParameters,
  { isCall, forwards, strikes, years }: Omit<OptionColumns, "vols">,
  out: Float64Array,
): void {
  requireColumns("mertonPrices", out.length, { isCall, forwards, strikes, years });
  for (let i = 0; i < out.length; i++) {
    out[i] = mertonPrice(parameters, isCall[i] === 1, forwards[i], strikes[i], years[i]);
  }
}

/** Price, in units of the forward, below which the vol of a Merton price is not told: rounding is 1e-16. */
const LEAST_PRICE = 1e-13;

/**
 * Implied vol of the Merton price at log-moneyness ln(K/F), from the out-of-the-money side: annualised, its error that of
 * the price, 1e-16 of the forward, over the vega.
 * @param years - to expiry, years of 365 days, positive
 * @throws {NoImpliedVolError} where the price is below 1e-13 of the forward
 * @throws as {@link mertonPrice}
 */
export function mertonVol(parameters: MertonParameters, years: number, logMoneyness: number): number {
  const vol = mertonVolOrNaN(parameters, years, logMoneyness);
  if (vol > 0) return vol;
  const [isCall, strike] = [logMoneyness > 0, Math.exp(logMoneyness)];
  throw new NoImpliedVolError(isCall, mertonPrice(parameters, isCall, 1, strike, years), 1, strike, years);
}

/**
 * {@link mertonVol} at every log-moneyness, the same to the bit, written to `out`; NaN where that finds no vol.
 * @returns how many are NaN
 * @throws {ColumnLengthError} when the columns differ in length
 * @throws as {@link mertonPrice}
 */
export function mertonVols(
  parameters: MertonParameters,
  years: number,
  logMoneyness: ArrayLike<number>,
  out: Float64Array,
): number {
  requireColumns("mertonVols", out.length, { logMoneyness });
  let missing = 0;
  for (let i = 0; i < out.length; i++) {
    out[i] = mertonVolOrNaN(parameters, years, logMoneyness[i]);
    if (Number.isNaN(out[i])) missing++;
  }
  return missing;
}

function mertonVolOrNaN(parameters: MertonParameters, years: number, logMoneyness: number): number {
  if (!(years > 0)) throw new PricingDomainError("an implied vol needs time left", { years });
  const price = mertonPrice(parameters, logMoneyness > 0, 1, Math.exp(logMoneyness), years);
  if (!(price > LEAST_PRICE)) return NaN;
  return impliedDeviation(price * Math.exp(-0.5 * logMoneyness), Math.abs(logMoneyness)) / Math.sqrt(years);
}
