import type { Address } from "viem";

import type { ReadLayout } from "../chain/bundle-schema.ts";
import { ACCOUNT_LEG_WORDS, type ReadMap } from "./read/read-map.ts";
import type { Scope } from "./read/scope.ts";
import { vaultFigures } from "./read/vault-figures.ts";

/** Symbol and decimals of a token. */
interface Token {
  readonly symbol: string;
  readonly decimals: number;
}

/**
 * How the words of the aggregated read belong to accounts, so that a bundle can be checked account by account, and what
 * they say of the vault.
 * @param traded - the underlying that is traded
 */
export function lensReadLayout(scope: Scope, map: ReadMap, traded: Token, quote: Token): ReadLayout {
  const held = { quote: quote.symbol, traded: traded.symbol, shares: "vault shares" };
  const margin = { cash: `margin ${quote.symbol}`, collateral: `collateral ${traded.symbol}` };
  const accounts = scope.accounts.map((address, index) => {
    const first = map.claims[index];
    const balances = {
      [GAS]: map.wei + 1 + index,
      [held.quote]: map.quote + index,
      [held.traded]: map.tokens + index,
      [held.shares]: map.shares + index,
      [margin.cash]: map.marginCash + index,
      [margin.collateral]: map.collateral + index,
    };
    const words: [number, number][] = [
      ...[...Object.values(balances), map.sales + index].map((word): [number, number] => [word, 1]),
      ...(first === undefined ? [] : [[first, scope.series.length] satisfies [number, number]]),
      [map.legs + ACCOUNT_LEG_WORDS * index, ACCOUNT_LEG_WORDS],
    ];
    return { address: address.toLowerCase() as Address, words, balances };
  });
  return {
    accounts,
    balances: [
      { label: GAS, decimals: 18 },
      { label: held.quote, decimals: quote.decimals },
      { label: held.traded, decimals: traded.decimals },
      { label: held.shares, decimals: quote.decimals },
      { label: margin.cash, decimals: quote.decimals },
      { label: margin.collateral, decimals: traded.decimals },
    ],
    figures: { ...vaultFigures(map, scope) },
  };
}

/** What an account's sender pays gas with. */
const GAS = "ETH for gas";
