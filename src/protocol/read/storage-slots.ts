import { concat, keccak256, numberToHex, pad, type Hex } from "viem";

/**
 * Slots of the variables that a read looks at, by contract and name, as the compiler lays them out. A test compares
 * them with the compiler's own table, and after every deployment the read is compared with getters.
 */
export const LAYOUT = {
  TestToken: { _balances: 0n },
  OptionToken: { _balances: 0n, _totalSupplies: 3n },
  OptionVault: {
    "_book.totals": 14n,
    "_book.volSource": 16n,
    "_book.lines": 18n,
    "_book.books": 19n,
    "_book.exposures": 20n,
    _balances: 22n,
    _totalSupply: 24n,
    _cash: 27n,
    _claims: 28n,
    _receivable: 28n,
    _openEpoch: 29n,
    _head: 29n,
    _tail: 31n,
    _payoutRatio: 36n,
  },
  MarginEngine: { totalCash: 11n, _legs: 12n, _cash: 13n, _collateral: 14n },
  Auction: { fund: 10n, insolventMaintenance: 11n, _sales: 12n },
  Hedger: { inventory: 10n, neutralInventory: 11n, lastHedgeAt: 12n },
  Settlement: { _prices: 0n },
  PostedGrid: { _nodes: 0n, _headers: 1n },
  TruthVol: { _words: 0n },
  TrailingVol: { tracks: 0n },
  ConstantVol: { levels: 1n },
} as const;

/** A storage slot as a word. */
export function slot(place: bigint): Hex {
  return numberToHex(place, { size: 32 });
}

/** Slot of a mapping's value; `mapping` is the mapping's own slot. */
export function entry(mapping: Hex, key: bigint | Hex): Hex {
  const word = typeof key === "bigint" ? slot(key) : pad(key, { size: 32 });
  return keccak256(concat([word, mapping]));
}

/** Slots that lie one after the other from `first` on. */
export function run(first: Hex, count: number): Hex[] {
  return Array.from({ length: count }, (_, index) => slot(BigInt(first) + BigInt(index)));
}

/** Slots of the first elements of a dynamic array; `array` is the slot of its length. */
export function elements(array: Hex, count: number): Hex[] {
  return run(keccak256(array), count);
}
