import type { Action } from "../../src/protocol/actions.ts";
import type { TradeQuote } from "../../src/protocol/adapter.ts";
import { openingLimitOf } from "../../src/protocol/twin/quote-trade.ts";
import { market } from "./account-state.ts";
import type { Observation } from "./agent.ts";

export type TradeKind = Extract<Action, { size: number }>["kind"];

/** What a trade of `size` contracts would be quoted, and the USD that it moves to the trader (negative: it pays). */
export interface Trade {
  readonly kind: TradeKind;
  readonly index: number;
  readonly size: number;
  readonly quote: TradeQuote;
  readonly cash: number;
}

/** USD of the underlying below which a trade is not worth its gas, and of one that asks for a price. */
const SMALLEST_NOTIONAL = 400;
const PROBE_NOTIONAL = 2000;
const LOT = 1e-4;

/** Contracts that a notional in USD of the underlying makes at the protocol's price. */
export function contractsOf({ view, protocol }: Observation, notional: number): number {
  return notional / market(view, protocol.underlying).price;
}

/** The smallest size worth a transaction, contracts. */
export function smallestTrade(seen: Observation): number {
  return contractsOf(seen, SMALLEST_NOTIONAL);
}

/** Sizes are decided on this lot, so that a last bit of `Math.exp` moves nothing. */
export function roundToLot(size: number): number {
  return Math.floor(size / LOT + 1e-6) * LOT;
}

/** The trade by the float twin; undefined when the protocol would not quote it. */
export function quoteTrade(seen: Observation, kind: TradeKind, index: number, size: number): Trade | undefined {
  const series = seen.protocol.series[index];
  const limit = kind === "buy" || kind === "close-short" ? Number.MAX_SAFE_INTEGER : 0;
  const amounts = seen.protocol.quote(seen.view, { kind, series, size, limit });
  if (amounts?.kind !== "trade" || !Number.isFinite(amounts.cash)) return undefined;
  return { kind, index, size, quote: amounts.quote, cash: amounts.cash };
}

/** The quote of a small trade, to know price and Greeks of a contract. */
export function probe(seen: Observation, kind: TradeKind, index: number): Trade | undefined {
  return quoteTrade(seen, kind, index, contractsOf(seen, PROBE_NOTIONAL));
}

/** USD that the trade pays (negative: costs) per contract. */
export function perContract(trade: Trade): number {
  return trade.cash / trade.size;
}

/** The trade as an action that fills at its quote or better, within `slack` (a share of the cash). */
export function tradeAction(seen: Observation, trade: Trade, slack: number): Action {
  const limit = trade.cash < 0 ? -trade.cash * (1 + slack) : trade.cash * (1 - slack);
  return { kind: trade.kind, series: seen.protocol.series[trade.index], size: trade.size, limit };
}

/** Opening is refused near expiry and far from the money; agents stay a little inside of both. */
const OPEN_WINDOW = 13 * 3600;
const DELTA_RANGE = [0.06, 0.94] as const;

/** Indices of the series in which positions can be opened now. */
export function openSeries(seen: Observation): number[] {
  const vols = seen.protocol.quotedVols(seen.view);
  return seen.protocol.series.flatMap((series, index) => {
    if (series.expiry - seen.now < OPEN_WINDOW || !Number.isFinite(vols[index])) return [];
    const trade = probe(seen, "buy", index);
    if (trade === undefined) return [];
    const delta = Math.abs(trade.quote.delta);
    return delta >= DELTA_RANGE[0] && delta <= DELTA_RANGE[1] ? [index] : [];
  });
}

/** The most contracts that one trade may have, a little inside of the vault's limit on its vega. */
export function largestTrade(seen: Observation, { quote, index }: Trade): number {
  const { view, protocol } = seen;
  const isDoubtful = market(view, protocol.underlying).oracle === "low-confidence";
  const vega = openingLimitOf(view, protocol.terms, protocol.series[index]) * protocol.terms.vault.maxTrade;
  return (0.95 * vega) / (isDoubtful ? 4 : 1) / Math.max(quote.vega, 1e-9);
}

const grouped = new Intl.NumberFormat("en-US", { maximumFractionDigits: 2 });

/** USD in words, whole: `1,234`. */
export function wholeUsd(amount: number): string {
  return grouped.format(Math.round(amount));
}

/** Size and series in a trader's words: `12 × 7d 1,800 put`. */
export function inWords(seen: Observation, index: number, size: number): string {
  const series = seen.protocol.series[index];
  const days = (series.expiry - seen.now) / 86400;
  const tenor = days < 1 ? `${Math.max(0, Math.round(days * 24))}h` : `${Math.round(days)}d`;
  const strike = grouped.format(series.strike);
  return `${Number(size.toFixed(2))} × ${tenor} ${strike} ${series.isCall ? "call" : "put"}`;
}

/** A volatility in a trader's words: `61 %`. */
export function volInWords(vol: number): string {
  return `${Math.round(vol * 100)} %`;
}
