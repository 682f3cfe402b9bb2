import type { ProtocolView } from "../view.ts";

/**
 * The vault's value in USD at true prices: free cash, what shorts still owe, inventory at the true spot, and open
 * positions at true option prices.
 * @param truePrices - USD of one contract by series index; expiries that are closed do not count
 * @param spot - of the traded underlying; other underlyings at their guarded price
 */
export function markAtTruth(view: ProtocolView, truePrices: Float64Array, spot: number, underlying: number): number {
  const { cash, claims, receivable } = view.vault;
  let value = cash - claims + receivable;
  for (const market of view.markets) {
    value += market.inventory * (market.underlying === underlying ? spot : market.price);
  }
  for (const [index, { net }] of view.series.entries()) if (net !== 0) value += net * truePrices[index];
  return value;
}
