import type { Address } from "viem";

import type { Invariant } from "./adapter.ts";
import type { ProtocolView } from "./view.ts";

/**
 * Law of the contracts' books against their tokens: what vault, margin engine, fund and hedger count as theirs is there,
 * to the unit. Donations can only add.
 */
export function backing(addresses: {
  readonly vault: Address;
  readonly margin: Address;
  readonly auction: Address;
}): Invariant<ProtocolView> {
  return {
    id: "backing",
    sentence: "vault, margin engine and insurance fund hold at least the quote that they count",
    check: ({ holdings, vault, marginCashUnits, fundUnits }) => {
      const counted = new Map([
        [addresses.vault, vault.cashUnits],
        [addresses.margin, marginCashUnits],
        [addresses.auction, fundUnits],
      ]);
      const broken = holdings.find(({ holder, quote }) => quote < (counted.get(holder) ?? 0n));
      if (broken === undefined) return undefined;
      return `${broken.holder} holds ${broken.quote}, counts ${counted.get(broken.holder)}`;
    },
  };
}
