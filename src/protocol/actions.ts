import type { Address, Hex } from "viem";

/** Option series by its terms; `id` is the contract's packed id. */
export interface Series {
  readonly id: bigint;
  readonly underlying: number;
  /** Unix seconds. */
  readonly expiry: number;
  /** USD. */
  readonly strike: number;
  readonly isCall: boolean;
}

/** Feed round as posted: USD answer before scaling, observation and transmission in Unix seconds. */
export interface FeedRound {
  readonly answer: number;
  readonly observedAt: number;
  readonly updatedAt: number;
}

/** Smile of one expiry on the sixteen nodes of the posted grid, from −3 to 3 in k/(σ_ref √τ). */
export interface PostedSmile {
  readonly underlying: number;
  readonly expiry: number;
  /** Time to expiry for which the nodes were computed; the contract keeps it until the next post. */
  readonly secondsToExpiry: number;
  readonly referenceVol: number;
  readonly sd: number;
  readonly vols: Float64Array;
}

/**
 * What an agent can ask of the protocol and of the spot market. Sizes in contracts or token units, money in USD;
 * the adapter quantises to lots and units before encoding.
 */
export type Action =
  | { readonly kind: "buy" | "sell"; readonly series: Series; readonly size: number; readonly limit: number }
  | {
      readonly kind: "open-short" | "close-short";
      readonly series: Series;
      readonly size: number;
      readonly limit: number;
    }
  | { readonly kind: "deposit-margin" | "withdraw-margin"; readonly amount: number }
  | {
      readonly kind: "deposit-collateral" | "withdraw-collateral";
      readonly underlying: number;
      readonly amount: number;
    }
  | {
      readonly kind: "sell-collateral";
      readonly underlying: number;
      readonly amount: number;
      readonly minProceeds: number;
    }
  | { readonly kind: "deposit-liquidity"; readonly amount: number }
  | { readonly kind: "request-withdrawal"; readonly shares: bigint }
  | { readonly kind: "close-epoch" }
  | { readonly kind: "poke"; readonly underlying: number; readonly expiries: readonly number[] }
  | { readonly kind: "observe-pool"; readonly underlying: number }
  | { readonly kind: "post-smiles"; readonly smiles: readonly PostedSmile[] }
  | { readonly kind: "post-truth"; readonly underlying: number; readonly expiry: number; readonly vols: Float64Array }
  | { readonly kind: "update-trailing"; readonly underlying: number }
  | { readonly kind: "report"; readonly underlying: number; readonly rounds: readonly FeedRound[] }
  /** Spot swap on the pool; `amount` in quote USD when buying the underlying, in underlying units when selling. */
  | {
      readonly kind: "swap";
      readonly underlying: number;
      readonly side: "buy" | "sell";
      readonly amount: number;
      readonly minOut: number;
    }
  | { readonly kind: "hedge"; readonly underlying: number }
  | { readonly kind: "start-auction"; readonly account: Address }
  | { readonly kind: "bid"; readonly account: Address; readonly share: number; readonly maxPay: number }
  | { readonly kind: "take-over" | "end-auction"; readonly account: Address }
  | {
      readonly kind: "settle";
      readonly underlying: number;
      readonly expiry: number;
      readonly roundIds: readonly bigint[];
    }
  | { readonly kind: "close-expiry"; readonly underlying: number; readonly expiry: number }
  | { readonly kind: "settle-account"; readonly account: Address; readonly underlying: number; readonly expiry: number }
  | { readonly kind: "redeem"; readonly series: Series; readonly holder: Address };

/** A call to a contract, before it becomes a transaction. */
export interface Call {
  readonly to: Address;
  readonly data: Hex;
  readonly value: bigint;
}
