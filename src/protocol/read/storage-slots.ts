import { concat, keccak256, numberToHex, pad, type Address, type Hex } from "viem";

import type { Scope } from "./scope.ts";
import { expiryKey, holdersOf } from "./scope.ts";

/**
 * Base slots of the mappings that a read looks into, as the compiler lays them out. After a deployment the read by slots
 * is compared with the read by getters, so that a changed layout cannot go unnoticed.
 */
const LAYOUT = {
  erc20Balances: 0n,
  claims: 0n,
  claimSupplies: 3n,
  vaultShares: 22n,
  vaultLines: 18n,
  contractsShort: 10n,
  marginLegs: 12n,
  marginCash: 13n,
  marginCollateral: 14n,
  sales: 12n,
} as const;

/** Slots of the lists of a scope, in the order of `ILens.Slots`. */
export interface ScopeSlots {
  readonly token: readonly Hex[];
  readonly vault: readonly Hex[];
  readonly margin: readonly Hex[];
  readonly auction: readonly Hex[];
  readonly balances: readonly Hex[];
}

function wordOf(value: bigint): Hex {
  return numberToHex(value, { size: 32 });
}

/** Slot of a mapping's value; `base` is the mapping's own slot. */
function entry(key: Hex, base: Hex): Hex {
  return keccak256(concat([pad(key, { size: 32 }), base]));
}

export function slotsOf(scope: Scope): ScopeSlots {
  const { accounts, series, expiries, strikes, decimals } = scope;
  const byAccount = (base: bigint): Hex[] => accounts.map((account) => entry(account, wordOf(base)));
  const bySeries = (base: Hex): Hex[] => series.map(({ id }) => entry(wordOf(id), base));
  const claimsOf = (account: Address): Hex[] => bySeries(entry(account, wordOf(LAYOUT.claims)));
  return {
    token: [...bySeries(wordOf(LAYOUT.claimSupplies)), ...accounts.flatMap(claimsOf)],
    vault: [
      ...byAccount(LAYOUT.vaultShares),
      ...expiries.flatMap(({ underlying, expiry }) => {
        const array = entry(wordOf(expiryKey(underlying, expiry)), wordOf(LAYOUT.vaultLines));
        const first = BigInt(keccak256(array));
        return Array.from({ length: strikes }, (_, index) => wordOf(first + BigInt(index)));
      }),
    ],
    margin: [
      ...bySeries(wordOf(LAYOUT.contractsShort)),
      ...byAccount(LAYOUT.marginCash),
      ...byAccount(LAYOUT.marginCollateral).flatMap((collateral) =>
        decimals.map((_, underlying) => entry(wordOf(BigInt(underlying)), collateral)),
      ),
      ...byAccount(LAYOUT.marginLegs),
    ],
    auction: byAccount(LAYOUT.sales),
    balances: holdersOf(scope).map((holder) => entry(holder, wordOf(LAYOUT.erc20Balances))),
  };
}
