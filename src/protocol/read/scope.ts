import { encodeFunctionData, parseAbi, type Address, type Hex } from "viem";

import type { Series } from "../actions.ts";
import type { VolSourceName } from "../adapter.ts";
import { slotsOf, type ScopeSlots } from "./storage-slots.ts";

/** What a read covers, fixed for a run. */
export interface Scope {
  /** Accounts that can hold options, shares or margin; they come first among the holders. */
  readonly accounts: readonly Address[];
  /** Those of the accounts whose role never holds claims: nobody looks for any there. */
  readonly withoutClaims: ReadonlySet<Address>;
  /** Contracts and the owner, which can hold tokens too. */
  readonly others: readonly Address[];
  /** Senders that pay for the accounts, in the same order; they and the coinbase hold wei only. */
  readonly senders: readonly Address[];
  readonly coinbase: Address;
  readonly series: readonly Series[];
  /** Underlying and Unix seconds of each listed expiry. */
  readonly expiries: readonly { readonly underlying: number; readonly expiry: number }[];
  /** Strikes of an expiry, in the order of listing. */
  readonly strikes: number;
  /** Decimals of the underlyings' tokens. */
  readonly decimals: readonly number[];
  readonly sources: Readonly<Record<VolSourceName, Address>>;
}

const lens = parseAbi([
  "struct Slots { uint256 underlying; bytes32[] token; uint256[] claimTags; bytes32[] vault; bytes32[] margin; bytes32[] auction; bytes32[] balances; }",
  "struct Scope { address[] holders; address[] accounts; uint256[] ids; uint256[] expiryKeys; Slots slots; }",
  "function read(Scope scope)",
]);

const NO_SLOTS: ScopeSlots = {
  underlying: 0n,
  token: [],
  claimTags: [],
  vault: [],
  margin: [],
  auction: [],
  balances: [],
};

/** Those who can hold tokens; they come first among the holders. */
export function tokenHoldersOf({ accounts, others }: Scope): Address[] {
  return [...accounts, ...others];
}

/** All holders in the order of the read. */
export function holdersOf(scope: Scope): Address[] {
  return [...tokenHoldersOf(scope), ...scope.senders, scope.coinbase];
}

/** Key of an expiry as in `SeriesId.keyOf`. */
export function expiryKey(underlying: number, expiry: number): bigint {
  return (BigInt(underlying) << 64n) | BigInt(expiry);
}

/**
 * Calldata of `Lens.read`: the same for a whole run.
 * @param way - by storage slots, which is what a block can afford, or by getters, to check the other
 */
export function readCalldata(scope: Scope, way: "slots" | "getters"): Hex {
  return encodeFunctionData({
    abi: lens,
    functionName: "read",
    args: [
      {
        holders: holdersOf(scope),
        accounts: scope.accounts,
        ids: scope.series.map(({ id }) => id),
        expiryKeys: scope.expiries.map(({ underlying, expiry }) => expiryKey(underlying, expiry)),
        slots: way === "slots" ? slotsOf(scope) : NO_SLOTS,
      },
    ],
  });
}
