import { decodeErrorResult, parseAbi, toFunctionSelector, type AbiItem, type Hex } from "viem";

import { artifactOf, contractNames } from "../artifacts.ts";
import type { NamedError } from "../events.ts";

/** Errors that libraries and the compiler raise: no artifact of ours lists them. */
const foreign = parseAbi([
  "error Error(string message)",
  "error Panic(uint256 code)",
  "error TransferFailed()",
  "error TransferFromFailed()",
  "error FullMulDivFailed()",
  "error MulDivFailed()",
  "error MulWadFailed()",
  "error DivFailed()",
  "error DivWadFailed()",
  "error LnWadUndefined()",
  "error ExpOverflow()",
]);

let bySelector: ReadonlyMap<Hex, AbiItem> | undefined;

function errorsBySelector(): ReadonlyMap<Hex, AbiItem> {
  if (bySelector !== undefined) return bySelector;
  const items = [...foreign, ...contractNames.flatMap((name) => artifactOf(name).abi as readonly AbiItem[])];
  const errors = items.filter((item) => item.type === "error");
  bySelector = new Map(
    errors.map((item) => [toFunctionSelector(`${item.name}(${item.inputs.map(typeOf).join(",")})`), item]),
  );
  return bySelector;
}

/** Type as in a signature: structs spelled out. */
function typeOf(input: { readonly type: string; readonly components?: readonly { readonly type: string }[] }): string {
  if (input.components === undefined) return input.type;
  return `(${input.components.map(typeOf).join(",")})${input.type.slice("tuple".length)}`;
}

/** All errors that a call to the protocol can revert with, for those who decode on their own. */
export function errorAbi(): readonly AbiItem[] {
  return [...errorsBySelector().values()];
}

/** Name of the error with a selector; the selector itself when nobody knows it. */
export function errorName(selector: Hex): string {
  const item = errorsBySelector().get(selector);
  return item === undefined || !("name" in item) ? selector : item.name!;
}

/** Revert data as a named error; `OutOfGas` when there is none, since nothing here reverts without a reason. */
export function decodeNamedError(data: Hex): NamedError {
  if (data.length < 10) return { name: "OutOfGas", args: [] };
  const item = errorsBySelector().get(data.slice(0, 10) as Hex);
  if (item === undefined) return { name: data.slice(0, 10), args: [] };
  const { errorName: name, args } = decodeErrorResult({ abi: [item], data }) as {
    errorName: string;
    args: readonly unknown[] | undefined;
  };
  return { name, args: (args ?? []).map(String) };
}
