import type { VanillaColumns, VanillaOption } from "./black-scholes-merton.ts";
import { assertVanillaDomain } from "./black-scholes-merton.ts";
import { requireColumns } from "./columns.ts";
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
  const { isCall, spot, strike, years, rate, dividend, vol } = option;
  return Math.exp(-rate * years) * exerciseProbability(isCall, spot, strike, years, rate, dividend, vol, -0.5);
}

/**
 * {@link cashOrNothing} of every row, the same to the bit, written to `out`.
 * @throws {ColumnLengthError} when the columns differ in length
 * @throws {PricingDomainError} when an input of any row is out of its domain
 */
export function cashOrNothingMany(options: VanillaColumns, out: Float64Array): void {
  const { years, rates } = options;
  fillProbabilities("cashOrNothingMany", options, -0.5, out);
  for (let i = 0; i < out.length; i++) out[i] *= Math.exp(-rates[i] * years[i]);
}

/**
 * Value of one unit of the underlying delivered at expiry if the option is exercised: S e^(-qT) Φ(±d1).
 * @returns USD, within [0, S e^(-qT)], relative error below 1e-13
 * @throws {PricingDomainError} when an input is out of its domain
 * @see Cox & Rubinstein (1985), "Options markets"; Haug (2007), section 4.19.3
 */
export function assetOrNothing(option: VanillaOption): number {
  const { isCall, spot, strike, years, rate, dividend, vol } = option;
  const delivered = spot * Math.exp(-dividend * years);
  return delivered * exerciseProbability(isCall, spot, strike, years, rate, dividend, vol, 0.5);
}

/**
 * {@link assetOrNothing} of every row, the same to the bit, written to `out`.
 * @throws {ColumnLengthError} when the columns differ in length
 * @throws {PricingDomainError} when an input of any row is out of its domain
 */
export function assetOrNothingMany(options: VanillaColumns, out: Float64Array): void {
  const { spots, years, dividends } = options;
  fillProbabilities("assetOrNothingMany", options, 0.5, out);
  for (let i = 0; i < out.length; i++) out[i] *= spots[i] * Math.exp(-dividends[i] * years[i]);
}

function fillProbabilities(what: string, options: VanillaColumns, half: number, out: Float64Array): void {
  const { isCall, spots, strikes, years, rates, dividends, vols } = options;
  requireColumns(what, out.length, { isCall, spots, strikes, years, rates, dividends, vols });
  for (let i = 0; i < out.length; i++) {
    out[i] = exerciseProbability(
      isCall[i] === 1,
      spots[i],
      strikes[i],
      years[i],
      rates[i],
      dividends[i],
      vols[i],
      half,
    );
  }
}

/** Φ(±(ln(F/K)/σ√T + half σ√T)): under the money-market measure for half = -1/2, under the asset's for 1/2. */
function exerciseProbability(
  isCall: boolean,
  spot: number,
  strike: number,
  years: number,
  rate: number,
  dividend: number,
  vol: number,
  half: number,
): number {
  assertVanillaDomain(spot, strike, years, rate, dividend, vol);
  const logForward = Math.log(spot / strike) + (rate - dividend) * years;
  const deviation = vol * Math.sqrt(years);
  if (deviation === 0 && logForward === 0) return 0.5;
  const distance = deviation > 0 ? logForward / deviation + half * deviation : logForward * Infinity;
  return normalCdf(isCall ? distance : -distance);
}
