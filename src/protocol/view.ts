import type { Address } from "viem";

import type { Series } from "./actions.ts";
import type { Holding } from "./ledger.ts";

/** State of the oracle guard's reading, in the order of the contract's enum. */
export const oracleStates = ["good", "low-confidence", "disputed", "sequencer-grace", "blind"] as const;
export type OracleState = (typeof oracleStates)[number];

/** One underlying as read once a block. USD, units of the underlying, Unix seconds. */
export interface MarketView {
  readonly underlying: number;
  /** False when the guard refused to read (action table off): price and confidence are 0, the state is blind. */
  readonly readable: boolean;
  readonly price: number;
  readonly confidence: number;
  readonly oracle: OracleState;
  /** Latest feed round as posted. */
  readonly feed: {
    readonly roundId: bigint;
    readonly answer: number;
    readonly observedAt: number;
    readonly updatedAt: number;
  };
  readonly poolQuote: number;
  readonly poolUnderlying: number;
  readonly poolMean: number;
  readonly inventory: number;
  readonly netDelta: number;
  readonly lastHedgeAt: number;
}

/** One expiry of the vault's book. */
export interface ExpiryView {
  readonly underlying: number;
  readonly expiry: number;
  readonly mark: number;
  readonly delta: number;
  /** USD per 1.00 of vol. */
  readonly vega: number;
  readonly markedAt: number;
  readonly markedSpot: number;
  readonly settled: boolean;
  readonly settlementPrice: number;
  readonly closed: boolean;
  readonly payoutRatio: number;
}

export interface SeriesView extends Series {
  /** Vault's position in contracts, long > 0. */
  readonly net: number;
  readonly supply: number;
  readonly short: number;
  /** The same in units of 1e-18 contracts, for exact laws. */
  readonly netUnits: bigint;
  readonly supplyUnits: bigint;
  readonly shortUnits: bigint;
}

/** One account of the run; exact integer balances beside floats for decisions. */
export interface AccountView {
  readonly address: Address;
  readonly nativeWei: bigint;
  readonly quoteUnits: bigint;
  readonly underlyingUnits: readonly bigint[];
  readonly shares: bigint;
  /** Long claims by series index, contracts. */
  readonly longs: Float64Array;
  /** Shorts by series index, contracts (positive). */
  readonly shorts: Float64Array;
  /** Margin account: USD cash, collateral in units of each underlying. */
  readonly marginCash: number;
  readonly marginCashUnits: bigint;
  readonly collateral: readonly number[];
  readonly saleStartedAt: number;
  readonly saleInsolvent: boolean;
}

/** Everything read in one storage-only call after a block. */
export interface ProtocolView {
  readonly time: number;
  readonly blockNumber: bigint;
  readonly markets: readonly MarketView[];
  readonly expiries: readonly ExpiryView[];
  readonly series: readonly SeriesView[];
  readonly vault: {
    readonly cash: number;
    readonly cashUnits: bigint;
    /** Part of the cash that holders of closed expiries may still redeem. */
    readonly claims: number;
    /** What margin accounts owe for closed expiries. */
    readonly receivable: number;
    /** NAV that the limits of trades refer to: that of the last mark or deposit. */
    readonly limitNav: number;
    readonly shares: bigint;
    /** USD; NaN when the guard refuses a price. */
    readonly navLow: number;
    readonly navHigh: number;
    readonly totalVega: number;
    readonly queueHead: bigint;
    readonly queueTail: bigint;
    readonly epochEndsAt: number;
  };
  readonly fund: number;
  readonly fundUnits: bigint;
  readonly insolventMaintenance: number;
  /** Quote units of all margin accounts by the engine's own count. */
  readonly marginCashUnits: bigint;
  readonly accounts: ReadonlyMap<Address, AccountView>;
  /** Everybody that can hold tokens or wei: accounts, their senders, contracts, pools, coinbase. */
  readonly holdings: readonly Holding[];
  /** What the vol source says per expiry, in order of `expiries`: decoded for the source in force. */
  readonly vols: VolView;
}

/** A smile of the posted grid, as the contract holds it; `postedAt` is 0 where nothing was posted. */
export interface GridView {
  readonly referenceVol: number;
  readonly sd: number;
  /** Time to expiry for which the nodes were computed. */
  readonly secondsToExpiry: number;
  readonly postedAt: number;
  readonly nodes: Float64Array;
}

/** The float twin's picture of the vol source in force; arrays are in the order of `expiries`. */
export type VolView =
  | { readonly source: "constant"; readonly vol: number; readonly sd: number }
  | { readonly source: "trailing"; readonly vol: number; readonly updatedAt: number }
  /** Vols in the order of the listed strikes; 0 where nothing was posted. */
  | { readonly source: "truth"; readonly byExpiry: readonly Float64Array[] }
  | { readonly source: "grid"; readonly byExpiry: readonly GridView[] };
