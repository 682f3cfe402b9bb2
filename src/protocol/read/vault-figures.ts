import { DEFENCE_BITS } from "../../../deployments/presets.ts";
import type { ReadField, ReadFigure } from "../../chain/bundle-schema.ts";
import { REVERTED } from "./questions.ts";
import type { ReadMap } from "./read-map.ts";
import type { Scope } from "./scope.ts";

/** USD WAD of a unit of the quote token. */
const UNIT = 10n ** 12n;

/** NAV of the vault for those who leave and for those who enter, its shares and the insurance fund. */
export type VaultFigures = Readonly<Record<"navLow" | "navHigh" | "shares" | "fund", ReadFigure>>;

/**
 * The vault's value as `LiquidityPool` and `OptionBook.value` compute it, in quote units: cash + receivable − claims +
 * options ± their uncertainty + hedges. Not known when there are hedges and the guard gives no price.
 */
export function vaultFigures(map: ReadMap, { contracts, underlying }: Scope): VaultFigures {
  const inventory = field(map.inventory);
  const uncertainty = [field(map.totals + 1, 0, 128), field(map.defences, DEFENCE_BITS.twoSidedNav, 1)];
  const value: ReadFigure["sum"] = [
    term(1n, 1n, field(map.cash)),
    term(1n, 1n, field(map.claimed, 128, 128)),
    term(-1n, 1n, field(map.claimed, 0, 128)),
    term(1n, UNIT, field(map.totals, 0, 128, true)),
    term(1n, UNIT * 10n ** BigInt(contracts.decimals[underlying]), inventory, field(map.reading)),
  ];
  const unknownWhen = [[inventory, field(REVERTED, map.mayRevert, 1)]];
  return {
    navLow: { sum: [...value, term(-1n, UNIT, ...uncertainty)], round: "down", unknownWhen },
    navHigh: { sum: [...value, term(1n, UNIT, ...uncertainty)], round: "up", unknownWhen },
    shares: { sum: [term(1n, 1n, field(map.vaultShares))], round: "down", unknownWhen: [] },
    fund: { sum: [term(1n, 1n, field(map.fund))], round: "down", unknownWhen: [] },
  };
}

function field(word: number, from = 0, bits = 256, signed = false): ReadField {
  return { word, from, bits, signed };
}

function term(factor: bigint, divisor: bigint, ...product: ReadField[]): ReadFigure["sum"][number] {
  return { factor: `${factor}`, divisor: `${divisor}`, product };
}
