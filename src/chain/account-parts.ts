import {
  concatHex,
  decodeAbiParameters,
  encodeAbiParameters,
  hexToBigInt,
  keccak256,
  numberToHex,
  type AbiParameter,
  type Address,
  type Hash,
  type Hex,
} from "viem";
import type { ReadLayout } from "./bundle-schema.ts";

/** What a read says of one account. */
export interface AccountPart {
  readonly address: Address;
  /** By label, in the layout's units. */
  readonly balances: Readonly<Record<string, bigint>>;
  /** Keccak hash of the part's words. */
  readonly hash: Hash;
}

/** A value of a read and its type. */
interface Typed {
  readonly parameter: AbiParameter;
  readonly value: unknown;
}

/**
 * Finds what a read says of each account.
 * @param addresses - accounts, lower case; those in none of the layout's lists are left out
 * @throws {MissingReadFieldError} when the layout does not fit its own outputs
 */
export function accountParts(layout: ReadLayout, returned: Hex, addresses: readonly Address[]): AccountPart[] {
  const root = decodeRead(layout, returned);
  const pieces = layout.pieces.map((piece) => ({ ...piece, elements: wordsOfElements(follow(root, piece.path)) }));
  return addresses.flatMap((address) => {
    const words = pieces.map(({ list, kind, width, elements }) => {
      const place = layout.lists[list]?.indexOf(address) ?? -1;
      if (place < 0) return [];
      return kind === "rows"
        ? elements.slice(place * width, (place + 1) * width).flat()
        : tagged(elements, width, place);
    });
    if (words.every((piece) => piece.length === 0)) return [];
    const balances = layout.balances.flatMap(({ label, piece, word }) => {
      const found = words[piece]?.[word];
      return found === undefined ? [] : [[label, hexToBigInt(found, { signed: true })] as const];
    });
    // Each piece's length comes before its words, so that no word can pass from one piece to the next unseen.
    const hashed = words.flatMap((piece) => [numberToHex(piece.length, { size: 32 }), ...piece]);
    return [{ address, balances: Object.fromEntries(balances), hash: keccak256(concatHex(hashed)) }];
  });
}

/** @returns the whole numbers at the paths of what a read returned */
export function readNumbers(layout: ReadLayout, returned: Hex, paths: readonly (readonly string[])[]): bigint[] {
  const root = decodeRead(layout, returned);
  return paths.map((path) => BigInt(follow(root, path).value as bigint));
}

/** 32-byte words of each element of a list. */
function wordsOfElements({ parameter, value }: Typed): Hex[][] {
  const element = { ...parameter, type: parameter.type.replace(/\[\d*\]$/, "") } as AbiParameter;
  return (value as readonly unknown[]).map((item) => {
    // Most lists are plain words, for which the general encoder is slow.
    if (element.type === "uint256") return [numberToHex(item as bigint, { size: 32 })];
    const encoded = encodeAbiParameters([element], [item]);
    return Array.from({ length: (encoded.length - 2) / 64 }, (_, index): Hex => {
      return `0x${encoded.slice(2 + 64 * index, 66 + 64 * index)}`;
    });
  });
}

function tagged(elements: readonly Hex[][], width: number, place: number): Hex[] {
  const groups = Array.from({ length: Math.floor(elements.length / width) }, (_, index) =>
    elements.slice(index * width, (index + 1) * width).flat(),
  );
  return groups.filter(([first]) => Number(first.slice(0, 6)) === place).flat();
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
