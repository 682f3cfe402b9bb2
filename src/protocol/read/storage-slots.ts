import { concat, keccak256, numberToHex, pad, type Hex } from "viem";

import { expiryKey, tokenHoldersOf, type Scope } from "./scope.ts";

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
  marginTotalCash: 11n,
  marginLegs: 12n,
  marginCash: 13n,
  marginCollateral: 14n,
  fund: 10n,
  insolventMaintenance: 11n,
  sales: 12n,
} as const;

/** The vault's own figures in the order of `Lens`: cash, claims, shares, marks (two words), head and tail of the queue. */
const VAULT_FIGURES = [27n, 28n, 24n, 14n, 15n, 29n, 31n];

/** Slots of the lists of a scope, as `ILens.Slots`. */
export interface ScopeSlots {
  readonly underlying: bigint;
  readonly token: readonly Hex[];
  readonly claimTags: readonly bigint[];
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

/** Slots of the strikes of an expiry, which lie one after the other. */
function linesOf(underlying: number, expiry: number, strikes: number): Hex[] {
  const array = entry(wordOf(expiryKey(underlying, expiry)), wordOf(LAYOUT.vaultLines));
  const first = BigInt(keccak256(array));
  return Array.from({ length: strikes }, (_, index) => wordOf(first + BigInt(index)));
}

export function slotsOf(scope: Scope): ScopeSlots {
  const { accounts, withoutClaims, series, expiries, strikes } = scope;
  const underlying = BigInt(expiries[0].underlying);
  const byAccount = (base: bigint): Hex[] => accounts.map((account) => entry(account, wordOf(base)));
  const bySeries = (base: Hex): Hex[] => series.map(({ id }) => entry(wordOf(id), base));
  const holders = [...accounts.entries()].filter(([, account]) => !withoutClaims.has(account));
  return {
    underlying,
    token: [
      ...bySeries(wordOf(LAYOUT.claimSupplies)),
      ...holders.flatMap(([, account]) => bySeries(entry(account, wordOf(LAYOUT.claims)))),
    ],
    claimTags: holders.flatMap(([account]) =>
      series.map((_, index) => (BigInt(account) << 240n) | (BigInt(index) << 224n)),
    ),
    vault: [
      ...VAULT_FIGURES.map(wordOf),
      ...byAccount(LAYOUT.vaultShares),
      ...expiries.flatMap((listed) => linesOf(listed.underlying, listed.expiry, strikes)),
    ],
    margin: [
      wordOf(LAYOUT.marginTotalCash),
      ...bySeries(wordOf(LAYOUT.contractsShort)),
      ...byAccount(LAYOUT.marginCash),
      ...byAccount(LAYOUT.marginCollateral).map((collateral) => entry(wordOf(underlying), collateral)),
      ...byAccount(LAYOUT.marginLegs),
    ],
    auction: [wordOf(LAYOUT.fund), wordOf(LAYOUT.insolventMaintenance), ...byAccount(LAYOUT.sales)],
    balances: tokenHoldersOf(scope).map((holder) => entry(holder, wordOf(LAYOUT.erc20Balances))),
  };
}
