import { blackVega } from "../pricing/black-scholes.ts";
import { YEAR_SECONDS } from "../time/year.ts";
import type { TransmittedRound } from "./feature-feed.ts";
import type { ChainState, PriceRound } from "./feature-pipeline.ts";

/** An option trade of a vault as its event tells it. USD; vols annualised, 1 = 100 %. */
export interface LoggedTrade {
  readonly isCall: boolean;
  readonly strike: number;
  /** Unix seconds. */
  readonly expiry: number;
  /** Contracts; positive: the vault sold. */
  readonly size: number;
  /** Of the whole trade, fee apart, to the micro-dollar: rounded up where the vault sold, down where it bought. */
  readonly premium: number;
  readonly fee: number;
  /** Vol that the premium was computed from, and the vault's own vol before spreads. */
  readonly tradeVol: number;
  readonly markVol: number;
  /** At which the vault traded. */
  readonly spot: number;
}

/** A smile that was posted for an expiry. */
export interface LoggedSurface {
  /** Unix seconds. */
  readonly expiry: number;
  /** Vol at the money, annualised. */
  readonly referenceVol: number;
}

/** What one block tells: events in their order, and the public state at its end. */
export interface LoggedBlock {
  /** Unix seconds. */
  readonly time: number;
  /** Gwei. */
  readonly baseFee: number;
  /** The vault's open vega, long > 0, and its limit; USD per 1.00 of vol. */
  readonly totalVega: number;
  readonly vegaLimit: number;
  readonly rounds: readonly TransmittedRound[];
  readonly surfaces: readonly LoggedSurface[];
  readonly trades: readonly LoggedTrade[];
}

/** What the logs of one run on one underlying say. */
export interface TradeLog {
  /** Rounds of the feed from before the first block, oldest first: features start from them. */
  readonly past: readonly PriceRound[];
  /** State right before the first block. */
  readonly start: Omit<LoggedBlock, "rounds" | "surfaces" | "trades">;
  /** Ascending in time. */
  readonly blocks: readonly LoggedBlock[];
  readonly terms: TradeTermsInForce;
}

/** Terms by which the vault makes a premium out of a vol. */
export interface TradeTermsInForce {
  /** Charge for the lag of the feed, a share of the spot per unit of delta. */
  readonly lagSpread: number;
  /** Share of the spot below which no contract is sold. */
  readonly askFloor: number;
}

/** Least vega limit, so that the shares of a vault without NAV stay finite; USD per 1.00 of vol. */
const LEAST_LIMIT = 1;

/**
 * Public state after a block as the features take it in. The reference vault lends nothing: its rate differential is 0.
 */
export function chainStateOf(block: Omit<LoggedBlock, "rounds" | "surfaces">): ChainState {
  const limit = Math.max(LEAST_LIMIT, block.vegaLimit);
  return {
    time: block.time,
    vegaBought: vegaBought(block.trades, block.time) / limit,
    utilisation: -block.totalVega / limit,
    rateDifferential: 0,
    baseFee: block.baseFee,
  };
}

/** Signed vega that traders bought from the vault at `now` (Unix seconds), USD per 1.00 of vol. */
export function vegaBought(trades: readonly LoggedTrade[], now: number): number {
  let bought = 0;
  for (const { size, spot, strike, expiry, markVol } of trades) {
    bought += size * blackVega(spot, strike, Math.max(0, expiry - now) / YEAR_SECONDS, markVol);
  }
  return bought;
}
