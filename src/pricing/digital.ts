import type { VanillaOption } from "./black-scholes-merton.ts";
import { assertVanillaDomain } from "./black-scholes-merton.ts";
import { normalCdf } from "./normal-distribution.ts";

/**
 * Value of 1 USD paid at expiry if the option is exercised: e^(-rT) Φ(±d2).
 *
 * With no time or vol left it is certain or worthless, and half at the money.
 * @returns USD, within [0, e^(-rT)], relative error below 1e-13
 * @throws {PricingDomainError} when an input is out of its domain
 * @see Reiner & Rubinstein (1991), "Unscrambling the binary code"; Haug (2007), section 4.19.2
 */
export function cashOrNothing(option: VanillaOption): number {
  return Math.exp(-option.rate * option.years) * exerciseProbability(option, -0.5);
}

/**
 * Value of one unit of the underlying delivered at expiry if the option is exercised: S e^(-qT) Φ(±d1).
 * @returns USD, within [0, S e^(-qT)], relative error below 1e-13
 * @throws {PricingDomainError} when an input is out of its domain
 * @see Cox & Rubinstein (1985), "Options markets"; Haug (2007), section 4.19.3
 */
export function assetOrNothing(option: VanillaOption): number {
  return option.spot * Math.exp(-option.dividend * option.years) * exerciseProbability(option, 0.5);
}

/** Φ(±(ln(F/K)/σ√T + half σ√T)): under the money-market measure for half = -1/2, under the asset's for 1/2. */
function exerciseProbability(option: VanillaOption, half: number): number {
  const { isCall, spot, strike, years, rate, dividend, vol } = option;
  assertVanillaDomain(spot, strike, years, rate, dividend, vol);
  const logForward = Math.log(spot / strike) + (rate - dividend) * years;
  const deviation = vol * Math.sqrt(years);
  if (deviation === 0 && logForward === 0) return 0.5;
  const distance = deviation > 0 ? logForward / deviation + half * deviation : logForward * Infinity;
  return normalCdf(isCall ? distance : -distance);
}
