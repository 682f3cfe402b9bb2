import {
  decodeAbiParameters,
  encodeAbiParameters,
  keccak256,
  type AbiParameter,
  type Address,
  type Hash,
  type Hex,
} from "viem";
import type { ReadLayout } from "./bundle-schema.ts";

/** What a read says of one account. */
export interface AccountPart {
  readonly address: Address;
  /** In the layout's units, by label. */
  readonly balances: Readonly<Record<string, bigint>>;
  /** Keccak hash of the part's ABI encoding. */
  readonly hash: Hash;
}

/** A value of a read and its type. */
interface Typed {
  readonly parameter: AbiParameter;
  readonly value: unknown;
}

/**
 * Splits what a read returned into its accounts' parts.
 * @param addresses - the run's accounts, for layouts whose parts hold no address
 */
export function accountParts(layout: ReadLayout, returned: Hex, addresses: readonly Address[]): AccountPart[] {
  if (layout.accounts === null) return [];
  const { path, key, balances } = layout.accounts;
  const list = follow(decodeRead(layout, returned), path);
  const parameter = { ...list.parameter, type: list.parameter.type.replace(/\[\d*\]$/, "") } as AbiParameter;
  return (list.value as readonly Record<string, unknown>[]).map((part, index) => ({
    address: (key === null ? addresses[index] : (part[key] as string)).toLowerCase() as Address,
    balances: Object.fromEntries(balances.map(({ field, label }) => [label, BigInt(part[field] as bigint)])),
    hash: keccak256(encodeAbiParameters([parameter], [part])),
  }));
}

/** @returns the whole number at `path` of what a read returned */
export function readNumber(layout: ReadLayout, returned: Hex, path: readonly string[]): bigint {
  return BigInt(follow(decodeRead(layout, returned), path).value as bigint);
}

function decodeRead(layout: ReadLayout, returned: Hex): Typed {
  const values = decodeAbiParameters(layout.outputs, returned) as readonly unknown[];
  if (layout.outputs.length === 1) return { parameter: layout.outputs[0], value: values[0] };
  const byName = Object.fromEntries(layout.outputs.map(({ name }, index) => [name ?? `${index}`, values[index]]));
  return { parameter: { type: "tuple", components: layout.outputs }, value: byName };
}

function follow(from: Typed, path: readonly string[]): Typed {
  let { parameter, value } = from;
  for (const field of path) {
    const components: readonly AbiParameter[] = "components" in parameter ? parameter.components : [];
    const component = components.find(({ name }) => name === field);
    if (component === undefined) throw new MissingReadFieldError(path, field);
    parameter = component;
    value = (value as Record<string, unknown>)[field];
  }
  return { parameter, value };
}

/** A layout names a field that the read does not have. */
export class MissingReadFieldError extends Error {
  constructor(path: readonly string[], field: string) {
    super(`the read has no field ${field} (looking for ${path.join(".")})`);
    this.name = "MissingReadFieldError";
  }
}
