import type { Address } from "viem";

/** A decoded event of the protocol; floats in USD, contracts, units; `logIndex` is its place in the block. */
export type ProtocolEvent = { readonly block: bigint; readonly transaction: number; readonly logIndex: number } & (
  | {
      readonly kind: "traded";
      readonly id: bigint;
      readonly trader: Address;
      /** Contracts; positive: the vault sold. */
      readonly size: number;
      readonly premium: number;
      readonly fee: number;
      readonly tradeVol: number;
      readonly markVol: number;
      readonly spot: number;
    }
  | {
      readonly kind: "hedged";
      readonly underlying: number;
      readonly netDelta: number;
      readonly traded: number;
      readonly quotePaid: number;
      readonly residual: number;
      readonly spot: number;
    }
  | {
      readonly kind: "withdrawal-requested";
      readonly owner: Address;
      readonly requestId: bigint;
      readonly shares: bigint;
    }
  | {
      readonly kind: "withdrawal-processed";
      readonly owner: Address;
      readonly requestId: bigint;
      readonly shares: bigint;
      readonly assets: number;
    }
  | { readonly kind: "deposited"; readonly owner: Address; readonly assets: number; readonly shares: bigint }
  | { readonly kind: "settled"; readonly underlying: number; readonly expiry: number; readonly price: number }
  | {
      readonly kind: "expiry-closed";
      readonly underlying: number;
      readonly expiry: number;
      readonly vaultPayoff: number;
      readonly payoutRatio: number;
    }
  | {
      readonly kind: "redeemed";
      readonly id: bigint;
      readonly holder: Address;
      readonly size: number;
      readonly payout: number;
    }
  | {
      readonly kind: "short-changed";
      readonly account: Address;
      readonly id: bigint;
      readonly change: number;
      readonly cash: number;
    }
  | {
      readonly kind: "short-settled";
      readonly account: Address;
      readonly id: bigint;
      readonly size: number;
      readonly owed: number;
      readonly shortfall: number;
    }
  | {
      readonly kind: "auction-started";
      readonly account: Address;
      readonly starter: Address;
      readonly equity: number;
      readonly maintenance: number;
    }
  | {
      readonly kind: "auction-bid";
      readonly account: Address;
      readonly bidder: Address;
      readonly share: number;
      readonly paid: number;
      readonly fundPaid: number;
      readonly equity: number;
      readonly maintenance: number;
    }
  | { readonly kind: "penalty-split"; readonly account: Address; readonly toFund: number; readonly toVault: number }
  | { readonly kind: "auction-ended"; readonly account: Address; readonly healthy: boolean }
  | {
      readonly kind: "bad-debt";
      readonly account: Address;
      readonly shortfall: number;
      readonly fromFund: number;
      readonly socialised: number;
    }
  | { readonly kind: "fund-moved"; readonly amount: number; readonly balance: number }
  | {
      readonly kind: "smile-posted";
      readonly underlying: number;
      readonly expiry: number;
      readonly referenceVol: number;
    }
  | { readonly kind: "smile-refused"; readonly underlying: number; readonly expiry: number; readonly reason: string }
  | {
      readonly kind: "swapped";
      readonly underlying: number;
      readonly sender: Address;
      readonly underlyingIn: number;
      readonly quoteIn: number;
      readonly underlyingOut: number;
      readonly quoteOut: number;
    }
  | {
      readonly kind: "round";
      readonly underlying: number;
      readonly answer: number;
      readonly roundId: bigint;
      readonly updatedAt: number;
    }
  | {
      readonly kind: "outcome";
      readonly actor: Address;
      readonly tag: string;
      readonly done: boolean;
      readonly failedStep: number;
      readonly error: NamedError | undefined;
    }
);

/** A revert by its custom error. */
export interface NamedError {
  readonly name: string;
  readonly args: readonly string[];
}
