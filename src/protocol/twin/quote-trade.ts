import { blackGreeks, blackPrice } from "../../pricing/black-scholes.ts";
import type { Series } from "../actions.ts";
import type { TradeQuote } from "../adapter.ts";
import type { MarketView, ProtocolView } from "../view.ts";
import { YEAR_SECONDS } from "../../time/year.ts";
import { has, type ProtocolTerms, type VaultTerms } from "./terms.ts";
import { volAt } from "./vol-at.ts";

/** Least price of a contract sold, as a share of spot. */
export const ASK_FLOOR = 0.0005;
/** Lowest vol and shortest time that the contract's pricing takes. */
const MIN_VOL = 1e-4;
const MIN_SECONDS = 1;
/** Multiple of the half-spread while the price is doubtful. */
const DOUBT_MULTIPLE = 3;
const QUOTE = 1e6;
/** Last digits of a float that would push an exact amount over the next unit. */
const SLACK = 1e-6;

/** The market of an underlying. */
export function marketOf(view: ProtocolView, underlying: number): MarketView {
  return view.markets[underlying];
}

/** Spot at which the vault trades: while feed and pool dispute, the one that is worse for the trader. */
function tradeSpot(market: MarketView, higherIsWorse: boolean): number {
  if (market.oracle !== "disputed" || market.poolMean === 0) return market.price;
  return higherIsWorse ? Math.max(market.price, market.poolMean) : Math.min(market.price, market.poolMean);
}

/** Vega limit of the vault, USD per 1.00 of vol. */
export function vegaLimitOf(view: ProtocolView, { vault }: ProtocolTerms): number {
  return view.vault.limitNav * 100 * vault.vegaLimit;
}

/** With `uncertaintySize`, a model less sure of its vol than this opens less: `Dealing.TOLERATED_SD`. */
const TOLERATED_SD = 0.05;

/** Vega limit for what opens in a series, USD per 1.00 of vol: smaller where the model's deviation is large. */
export function openingLimitOf(view: ProtocolView, terms: ProtocolTerms, series: Series): number {
  const limit = vegaLimitOf(view, terms);
  if (!has(terms.defences, "uncertaintySize")) return limit;
  const { sd } = volAt(view, series, marketOf(view, series.underlying).price);
  return sd > TOLERATED_SD ? (limit * TOLERATED_SD) / sd : limit;
}

/** Mean of max(0, a)² over the trade, and vega by which the position grows away from zero. */
function utilisation(before: number, traded: number, limit: number): { meanSquare: number; grown: number } {
  const afterwards = before + traded;
  if (afterwards <= 0) return { meanSquare: 0, grown: 0 };
  const grown = before > 0 ? traded : afterwards;
  if (limit === 0) return { meanSquare: 0, grown };
  const [a0, a1] = [before / limit, afterwards / limit];
  const meanSquare = before >= 0 ? (a0 * a0 + a0 * a1 + a1 * a1) / 3 : (a1 * a1 * afterwards) / (3 * traded);
  return { meanSquare, grown };
}

function tradeVolOf(sells: boolean, vol: number, spread: number, { minVol, maxVol }: VaultTerms): number {
  return sells
    ? Math.min(Math.max(vol + spread, 1.5 * minVol), maxVol)
    : Math.min(Math.max(vol - spread, minVol), maxVol);
}

function unitsUp(usd: number): number {
  return Math.ceil(usd * QUOTE - SLACK) / QUOTE;
}

function unitsDown(usd: number): number {
  return Math.floor(usd * QUOTE + SLACK) / QUOTE;
}

/**
 * What the vault asks or bids, as `Quoting.quote` computes it.
 * @param size - contracts; positive: the vault sells, negative: it buys
 * @param opening - the trade opens a position: it pays the spread of a doubtful price
 * @param now - Unix seconds at which the trade happens
 * @returns undefined when the source has no vol for the series
 */
export function quoteTrade(
  view: ProtocolView,
  terms: ProtocolTerms,
  series: Series,
  size: number,
  opening: boolean,
  now: number = view.time,
): TradeQuote | undefined {
  const market = marketOf(view, series.underlying);
  const sells = size > 0;
  const contracts = Math.abs(size);
  const spot = tradeSpot(market, series.isCall === sells);
  const { vol: markVol, sd } = volAt(view, series, spot);
  if (!(markVol > 0) || !(spot > 0)) return undefined;
  const years = Math.max(series.expiry - now, MIN_SECONDS) / YEAR_SECONDS;
  const value = blackGreeks(series.isCall, spot, series.strike, years, Math.max(markVol, MIN_VOL));

  const { vault, defences } = terms;
  const before = sells ? -view.vault.totalVega : view.vault.totalVega;
  const { meanSquare, grown } = utilisation(before, value.vega * contracts, vegaLimitOf(view, terms));
  let spread = vault.halfSpread + (has(defences, "uncertaintyPremium") ? sd : 0);
  if (opening && market.oracle === "low-confidence") spread *= DOUBT_MULTIPLE;
  if (has(defences, "vegaConvexSpread")) spread += vault.convexity * meanSquare;
  const tradeVol = tradeVolOf(sells, markVol, spread, vault);

  const lag = vault.lagSpread * Math.abs(value.delta) * spot;
  const fair = blackPrice(series.isCall, spot, series.strike, years, tradeVol);
  const price = sells ? Math.max(fair, spot * ASK_FLOOR) + lag : Math.max(fair - lag, 0);
  const premium = sells ? unitsUp(price * contracts) : unitsDown(price * contracts);
  let fee = unitsUp(Math.min(spot * vault.feeShare, price * vault.feeCap) * contracts);
  if (has(defences, "vegaFee")) fee += unitsUp(grown * vault.vegaFee);
  if (!sells) fee = Math.min(fee, premium);
  return { premium, fee, tradeVol, markVol, mark: value.price, delta: value.delta, vega: value.vega };
}
