import type { VanillaOption } from "./black-scholes-merton.ts";
import type { VanillaColumns } from "./black-scholes-merton.ts";
import { assertVanillaDomain } from "./black-scholes-merton.ts";
import { requireColumns } from "./columns.ts";
import { impliedVol, impliedVolOrNaN } from "./implied-vol.ts";

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

/**
 * {@link vanillaImpliedVol} of every row, written to `out`: the same numbers, NaN where no vol gives the premium.
 * @param premiums - USD per unit of underlying, paid today
 * @returns how many rows have no vol
 * @throws {ColumnLengthError} when the columns differ in length
 * @throws {PricingDomainError} when an option of any row is out of its domain
 */
export function vanillaImpliedVols(
  options: Omit<VanillaColumns, "vols">,
  premiums: Float64Array,
  out: Float64Array,
): number {
  const { isCall, spots, strikes, years, rates, dividends } = options;
  requireColumns("vanillaImpliedVols", out.length, { isCall, spots, strikes, years, rates, dividends, premiums });
  let missing = 0;
  for (let i = 0; i < out.length; i++) {
    assertVanillaDomain(spots[i], strikes[i], years[i], rates[i], dividends[i], 0);
    const forward = spots[i] * Math.exp((rates[i] - dividends[i]) * years[i]);
    const premium = premiums[i] * Math.exp(rates[i] * years[i]);
    out[i] = impliedVolOrNaN(isCall[i] === 1, premium, forward, strikes[i], years[i]);
    if (Number.isNaN(out[i])) missing++;
  }
  return missing;
}
