import { swapOut } from "../../../../src/protocol/twin/pool-swap.ts";
import type { Scenario } from "../../../scenarios/scenario.ts";

/** Gas of a hedge on chain: a decision, a swap and its transfers; ours, about what the reference protocol uses. */
export const HEDGE_GAS = 300_000;
/** What a pool of Uniswap v2 keeps of an input. */
const KEPT = 0.997;
/** Largest part of the pool that one slice of a hedge takes: the hedger's bound of 0.8 % on slippage with the fee. */
const SLICE = 0.005;

/** What a trade of the underlying costs beside its value. */
export interface TradingCosts {
  /** USD of fee and impact of buying (positive) or selling units. */
  swap(units: number, spot: number): number;
  /** USD of gas of the same trade. */
  gas(units: number, spot: number): number;
}

/** No cost at all. */
export const frictionless: TradingCosts = { swap: () => 0, gas: () => 0 };

/** The scenario's spot pool and gas. A trade goes in equal slices, and arbitrage brings the pool back before each. */
export function poolCosts({ market }: Scenario): TradingCosts {
  const slicesOf = (units: number, spot: number) => Math.ceil((Math.abs(units) * spot) / (SLICE * market.poolQuote));
  return {
    swap(units, spot) {
      const slices = slicesOf(units, spot);
      if (slices === 0) return 0;
      const [quote, base] = [market.poolQuote, market.poolQuote / spot];
      const size = Math.abs(units) / slices;
      const each =
        units < 0 ? size * spot - swapOut(size, base, quote) : (quote * size) / ((base - size) * KEPT) - size * spot;
      return slices * each;
    },
    gas: (units, spot) => slicesOf(units, spot) * HEDGE_GAS * market.baseFee * 1e-9 * spot,
  };
}
