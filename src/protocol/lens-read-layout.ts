import { decodeFunctionData, type Abi, type AbiFunction, type Address, type Hex } from "viem";
import type { ReadLayout } from "../chain/bundle-schema.ts";

/**
 * How the words that `Lens.read` returns belong to accounts, so that a bundle can be checked account by account.
 * @param abi - of the lens
 * @param data - calldata of the read: its scope names the accounts in order
 * @param underlyings - symbol and decimals of each underlying, in the guard's order
 * @param quote - symbol and decimals of the quote token
 */
export function lensReadLayout(
  abi: Abi,
  data: Hex,
  underlyings: readonly { readonly symbol: string; readonly decimals: number }[],
  quote: { readonly symbol: string; readonly decimals: number },
): ReadLayout {
  const read = abi.find((item): item is AbiFunction => item.type === "function" && item.name === "read")!;
  const [scope] = decodeFunctionData({ abi: [read], data }).args as [{ holders: Address[]; accounts: Address[] }];
  const lower = (addresses: readonly Address[]) => addresses.map((address) => address.toLowerCase() as Address);
  const perHolder = 2 + underlyings.length;
  return {
    outputs: read.outputs,
    lists: { holders: lower(scope.holders), accounts: lower(scope.accounts) },
    pieces: [
      { list: "holders", path: ["balances"], kind: "rows", width: perHolder },
      { list: "accounts", path: ["accounts"], kind: "rows", width: 1 },
      { list: "accounts", path: ["collateral"], kind: "rows", width: underlyings.length },
      { list: "accounts", path: ["longs"], kind: "tagged", width: 1 },
      { list: "accounts", path: ["shorts"], kind: "tagged", width: 2 },
    ],
    balances: [
      { label: "ETH for gas", decimals: 18, piece: 0, word: 0 },
      { label: quote.symbol, decimals: quote.decimals, piece: 0, word: 1 },
      ...underlyings.map(({ symbol, decimals }, index) => ({ label: symbol, decimals, piece: 0, word: 2 + index })),
      { label: "vault shares", decimals: quote.decimals, piece: 1, word: 0 },
      { label: `margin ${quote.symbol}`, decimals: quote.decimals, piece: 1, word: 1 },
      ...underlyings.map(({ symbol, decimals }, index) => {
        return { label: `collateral ${symbol}`, decimals, piece: 2, word: index };
      }),
    ],
  };
}
