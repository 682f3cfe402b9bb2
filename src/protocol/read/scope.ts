import type { Address } from "viem";

import type { Series } from "../actions.ts";
import type { Contracts } from "../deploy/contracts.ts";

/** What a read covers, fixed for a run. */
export interface Scope {
  readonly contracts: Contracts;
  /** Index of the traded underlying: nobody holds another. */
  readonly underlying: number;
  /** Accounts that can hold options, shares or margin; they come first among the holders. */
  readonly accounts: readonly Address[];
  /** Those of the accounts that may hold claims, by their role; those that hold most come first. */
  readonly claimants: readonly Address[];
  /** Contracts and last the owner, which can hold tokens too. */
  readonly others: readonly Address[];
  /** Senders that pay for the accounts, in the same order; they and the coinbase hold wei only. */
  readonly senders: readonly Address[];
  readonly coinbase: Address;
  readonly series: readonly Series[];
  /** Unix seconds of each listed expiry, in the order of the series. */
  readonly expiries: readonly number[];
  /** Strikes of an expiry, in the order of listing. */
  readonly strikes: number;
  /** Withdrawal epochs, seconds. */
  readonly schedule: { readonly epochSeconds: number; readonly epochAnchor: number };
  /** Least vol of the trailing source, annualised WAD. */
  readonly trailingFloor: bigint;
}

/** Those who can hold tokens; they come first among the holders. */
export function tokenHoldersOf({ accounts, others }: Scope): Address[] {
  return [...accounts, ...others];
}

/** Those who can hold wei: contracts accept none, so the owner, the senders and the coinbase. */
export function walletsOf({ others, senders, coinbase }: Scope): Address[] {
  return [others[others.length - 1], ...senders, coinbase];
}

/** Key of an expiry as in `SeriesId.keyOf`. */
export function expiryKey(underlying: number, expiry: number): bigint {
  return (BigInt(underlying) << 64n) | BigInt(expiry);
}
