import type { VanillaOption } from "./black-scholes-merton.ts";
import { assertVanillaDomain } from "./black-scholes-merton.ts";
import { impliedVol } from "./implied-vol.ts";

/**
 * Implied volatility of a European option with rates and a yield: {@link impliedVol} of its premium carried to expiry,
 * as exact as the out-of-the-money part of the premium.
 * @param option - its vol is what is asked for
 * @param premium - USD per unit of underlying, paid today
 * @returns annualised volatility, 1 = 100 %
 * @throws {PricingDomainError} when an input is out of its domain
 * @throws {NoImpliedVolError} when the carried premium lies outside the no-arbitrage bounds, or no time is left
 */
export function vanillaImpliedVol(option: Omit<VanillaOption, "vol">, premium: number): number {
  const { isCall, spot, strike, years, rate, dividend } = option;
  assertVanillaDomain(spot, strike, years, rate, dividend, 0);
  const forward = spot * Math.exp((rate - dividend) * years);
  return impliedVol(isCall, premium * Math.exp(rate * years), forward, strike, years);
}
