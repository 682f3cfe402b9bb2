import { blackGreeks, blackVega } from "../pricing/black-scholes.ts";
import { impliedVolOrNaN } from "../pricing/implied-vol.ts";
import { YEAR_SECONDS } from "../time/year.ts";
import type { LoggedTrade, TradeTermsInForce } from "./trade-log.ts";

/**
 * What of a premium a vol is taken from. `paid`: the premium as it stands, the fee apart, as an outsider sees it. `mid`:
 * charge for the feed's lag and spread taken off again, as the event and the terms say them; that is the vault's own vol.
 */
export const tradePrices = ["mid", "paid"] as const;
export type TradePrice = (typeof tradePrices)[number];

/** Why a premium says no vol. */
export const tradeFailures = [
  /** The premium lies outside the no-arbitrage bounds, or is nothing. */
  "no-vol",
  /** The vault sold at the least price that it takes for anything, which no vol made. */
  "at-floor",
  /** Rounding to the micro-dollar leaves the vol open by more than a tenth of a vol point. */
  "too-coarse",
  /** The expiry was less than the shortest time away that the vault prices. */
  "expired",
] as const;
export type TradeFailure = (typeof tradeFailures)[number];

/** A vol with the most that rounding can have moved it, both annualised. */
export interface TradedVol {
  readonly vol: number;
  readonly resolution: number;
}

/** Smallest unit of a premium, USD. */
const UNIT = 1e-6;
/** Error of either side's Black price, a share of the larger of spot and strike. */
const PRICE_ERROR = 2e-15;
/** Coarsest vol that is taken. */
const COARSEST = 0.001;
/** Vol below which the contract's Greeks are those of this vol, and its shortest time to expiry in seconds. */
const LEAST_VOL = 1e-4;
const LEAST_SECONDS = 1;

/**
 * Vol implied by the premium of a trade.
 *
 * The vault charges max(Black(σ_trade), floor) + lag·|Δ|·S where it sells and max(Black(σ_trade) − lag·|Δ|·S, 0) where
 * it buys, times the size, to the micro-dollar against the trader. `mid` inverts Black and takes off σ_trade − σ_mark, so
 * that it is σ_mark within `resolution` (one unit of the premium over size and vega).
 * @param time - of the trade, Unix seconds
 */
export function tradedVol(
  trade: LoggedTrade,
  time: number,
  { lagSpread, askFloor }: TradeTermsInForce,
  price: TradePrice,
): TradedVol | TradeFailure {
  const { isCall, spot, strike, expiry, markVol } = trade;
  if (expiry - time < LEAST_SECONDS) return "expired";
  const years = (expiry - time) / YEAR_SECONDS;
  const size = Math.abs(trade.size);
  const isSale = trade.size > 0;
  const { delta } = blackGreeks(isCall, spot, strike, years, Math.max(markVol, LEAST_VOL));
  const lag = lagSpread * Math.abs(delta) * spot;
  const perContract = trade.premium / size;
  const error = UNIT / size + PRICE_ERROR * Math.max(spot, strike);
  if (!(perContract > 0)) return "no-vol";
  const fair = perContract + (isSale ? -lag : lag);
  if (isSale && fair <= askFloor * spot + error) return "at-floor";
  const premium = price === "mid" ? fair : perContract;
  const implied = impliedVolOrNaN(isCall, premium, spot, strike, years);
  if (Number.isNaN(implied)) return "no-vol";
  const resolution = error / blackVega(spot, strike, years, implied);
  if (!(resolution <= COARSEST)) return "too-coarse";
  return { vol: price === "mid" ? implied - (trade.tradeVol - markVol) : implied, resolution };
}
