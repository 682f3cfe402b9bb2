import type { ProtocolEvent } from "../../src/protocol/events.ts";
import type { ProtocolView } from "../../src/protocol/view.ts";

/**
 * Log return that the block's swaps, those of arbitrage left out, pushed the pool's price by. An arbitrageur only takes
 * the pool back to where the outside market is; hedges, liquidations and trades are what the market feels.
 * @param before - view of the previous block
 * @param isArbitrage - whether the transaction at a place in the block was an arbitrageur's
 */
export function poolPush(
  before: ProtocolView,
  events: readonly ProtocolEvent[],
  underlying: number,
  isArbitrage: (transaction: number) => boolean,
): number {
  const market = before.markets.find((candidate) => candidate.underlying === underlying)!;
  let [base, quote] = [market.poolUnderlying, market.poolQuote];
  let push = 0;
  for (const event of events) {
    if (event.kind !== "swapped" || event.underlying !== underlying) continue;
    const priceBefore = Math.log(quote / base);
    base += event.underlyingIn - event.underlyingOut;
    quote += event.quoteIn - event.quoteOut;
    if (!isArbitrage(event.transaction)) push += Math.log(quote / base) - priceBefore;
  }
  return push;
}
