import type { MarketView, ProtocolView } from "../view.ts";
import { swapOut } from "./pool-swap.ts";
import { has, type ProtocolTerms } from "./terms.ts";

const BAND = 0.05;
const SLICE_SLIPPAGE = 0.008;
const POOL_FEE = 0.003;
const MIN_INTERVAL = 300;

/** What `Hedger.rebalance` would do, units of the underlying. */
export interface HedgeDecision {
  readonly netDelta: number;
  readonly band: number;
  /** Positive buys, negative sells; 0 when it would revert. */
  readonly trade: number;
}

/** Largest sale whose mean price is 0.8 % below the pool's, fee included. */
function maxSale(reserve: number): number {
  const kept = 1 - POOL_FEE;
  return (reserve * (kept / (1 - SLICE_SLIPPAGE) - 1)) / kept;
}

/** Largest purchase whose mean price is 0.8 % above the pool's, fee included. */
function maxPurchase(reserve: number): number {
  return reserve * (1 - 1 / ((1 - POOL_FEE) * (1 + SLICE_SLIPPAGE)));
}

/** The hedger's decision at `now`: one slice towards half the band when the net delta is outside it. */
export function hedgeDecision(
  view: ProtocolView,
  terms: ProtocolTerms,
  underlying: number,
  now: number = view.time,
): HedgeDecision {
  const { defences } = terms;
  const market = view.markets[underlying];
  const { netDelta } = market;
  const band = (view.vault.navLow * BAND) / market.price;
  const due = has(defences, "deltaHedging") && now >= market.lastHedgeAt + MIN_INTERVAL;
  if (!due || !(Math.abs(netDelta) > band)) return { netDelta, band, trade: 0 };
  const wanted = Math.abs(netDelta) - band / 2;
  const trade =
    netDelta > 0
      ? -Math.min(wanted, maxSale(market.poolUnderlying), market.inventory)
      : Math.min(wanted, maxPurchase(market.poolUnderlying));
  return { netDelta, band, trade: passesSlippageGuard(market, terms, trade) ? trade : 0 };
}

/** Whether the pool gives at least what the guard asks: the oracle's price less slippage, feed deviation and fee. */
function passesSlippageGuard(market: MarketView, { defences, feedDeviation }: ProtocolTerms, trade: number): boolean {
  if (trade === 0 || !has(defences, "hedgeSlippageGuard")) return true;
  const least = 1 - (SLICE_SLIPPAGE + feedDeviation + POOL_FEE);
  if (trade < 0) return swapOut(-trade, market.poolUnderlying, market.poolQuote) >= -trade * market.price * least;
  const cost = (market.poolQuote * trade) / ((market.poolUnderlying - trade) * (1 - POOL_FEE));
  return trade >= (cost / market.price) * least;
}
