import type { Address, Hash, Hex } from "viem";
import type { ReadLayout } from "./bundle-schema.ts";
import { engineKeccak } from "./engine-package.ts";
import { figureOf } from "./read-figure.ts";
import { ReadWords } from "./read-words.ts";

/** What a read says of one account. */
export interface AccountPart {
  readonly address: Address;
  /** By label, in the layout's units. */
  readonly balances: Readonly<Record<string, bigint>>;
  /** Keccak hash of the part's words. */
  readonly hash: Hash;
}

/**
 * Finds what a read says of each account.
 * @param addresses - accounts, lower case; those that the layout does not name are left out
 * @throws {ReadTooShortError} when the layout names words that the read does not have
 */
export function accountParts(layout: ReadLayout, returned: Hex, addresses: readonly Address[]): AccountPart[] {
  const words = new ReadWords(returned);
  const parts = new Map(layout.accounts.map((part) => [part.address, part]));
  return addresses.flatMap((address) => {
    const part = parts.get(address);
    if (part === undefined) return [];
    for (const [first, count] of part.words) requireWords(words, first + count);
    const balances = layout.balances.flatMap(({ label }) => {
      const word = part.balances[label];
      return word === undefined ? [] : [[label, words.signed(word)] as const];
    });
    const hashed = part.words.map(([first, count]) => words.digits(first, count));
    return [{ address, balances: Object.fromEntries(balances), hash: engineKeccak(`0x${hashed.join("")}`) }];
  });
}

/**
 * @returns the figures of these names; undefined for one that the read does not tell
 * @throws {MissingReadFigureError} when the layout has no such figure
 */
export function readFigures(layout: ReadLayout, returned: Hex, names: readonly string[]): (bigint | undefined)[] {
  const words = new ReadWords(returned);
  return names.map((name) => {
    const figure = layout.figures[name];
    if (figure === undefined) throw new MissingReadFigureError(name, Object.keys(layout.figures));
    for (const { word } of [...figure.sum.flatMap(({ product }) => product), ...figure.unknownWhen.flat()]) {
      requireWords(words, word + 1);
    }
    return figureOf(figure, words);
  });
}

function requireWords(words: ReadWords, count: number): void {
  if (words.length < count) throw new ReadTooShortError(words.length, count);
}

/** A read returned fewer words than its layout names. */
export class ReadTooShortError extends Error {
  constructor(words: number, expected: number) {
    super(`the read returned ${words} words, its layout names word ${expected}`);
    this.name = "ReadTooShortError";
  }
}

/** A rule names a figure that the read does not have. */
export class MissingReadFigureError extends Error {
  constructor(name: string, known: readonly string[]) {
    super(`the read has no figure ${name}; it has ${known.join(", ")}`);
    this.name = "MissingReadFigureError";
  }
}
