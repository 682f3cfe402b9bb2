import { blackPrice, PricingDomainError } from "./black-scholes.ts";
import { impliedDeviation } from "./implied-vol.ts";

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
 * ends where the Poisson tail is below 1e-17, and starts where the head is, so that any λT up to 500 is exact.
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
  if (!(meanJumps >= 0 && meanJumps <= 500 && jumpSd >= 0)) {
    throw new PricingDomainError("a Merton price needs 0 to 500 expected jumps and a jump sd of at least zero", {
      meanJumps,
      jumpSd,
    });
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

/** Price, in units of the forward, below which the vol of a Merton price is not told: rounding is 1e-16. */
const LEAST_PRICE = 1e-13;

/**
 * Implied vols of Merton prices at log-moneyness ln(K/F), from the out-of-the-money side, written to `out`.
 *
 * NaN where the price is below 1e-13 of the forward; the caller counts these.
 * @param years - to expiry, positive
 * @throws {PricingDomainError} as {@link mertonPrice}
 */
export function mertonVols(
  parameters: MertonParameters,
  years: number,
  logMoneyness: ArrayLike<number>,
  out: Float64Array,
): void {
  const inverseRoot = 1 / Math.sqrt(years);
  for (let i = 0; i < out.length; i++) {
    const k = logMoneyness[i];
    const price = mertonPrice(parameters, k > 0, 1, Math.exp(k), years);
    out[i] = price > LEAST_PRICE ? impliedDeviation(price * Math.exp(-0.5 * k), Math.abs(k)) * inverseRoot : NaN;
  }
}
