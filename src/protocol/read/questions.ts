import { encodeFunctionData, parseAbi, toFunctionSelector, type Address, type Hex } from "viem";

import { calldata, word } from "../encoding/words.ts";

const lens = parseAbi([
  "struct Question { address to; uint256 words; bytes data; }",
  "function read(address[] wallets, Question[] questions)",
]);
const CONTENTS_OF = toFunctionSelector("contentsOf(bytes32[])");

/** Slots that `Inspectable` looks at together. */
const SLOTS_AT_ONCE = 8;

/** Words before those of the wallets: offset and length of the array, time, block number, questions that reverted. */
export const TIME = 2;
export const BLOCK_NUMBER = 3;
export const REVERTED = 4;
export const WALLETS = 5;

/** Words of an array before its elements: offset and length. */
const ARRAY_HEAD = 2;

interface Question {
  readonly to: Address;
  readonly words: bigint;
  readonly data: Hex;
}

/** Gathers the questions of one `Lens.read` and says at which place each answer will be. */
export class Questions {
  readonly #wallets: readonly Address[];
  readonly #questions: Question[] = [];
  #next: number;

  /** @param wallets - whose wei is wanted; it comes from place `WALLETS` on */
  constructor(wallets: readonly Address[]) {
    this.#wallets = wallets;
    this.#next = WALLETS + wallets.length;
  }

  /** Number of questions so far: the place of the next one in the bitmap of those that reverted. */
  get count(): number {
    return this.#questions.length;
  }

  /** @returns the place of the first of `words` words */
  ask(to: Address, data: Hex, words: number): number {
    const place = this.#next;
    this.#questions.push({ to, words: BigInt(words), data });
    this.#next += words;
    return place;
  }

  /** @returns the place of the first element of the array that is the answer */
  array(to: Address, data: Hex, length: number): number {
    return this.ask(to, data, length + ARRAY_HEAD) + ARRAY_HEAD;
  }

  /** @returns the place of what the first slot of each list holds; the others of the list follow */
  slots<Name extends string>(to: Address, lists: Readonly<Record<Name, readonly Hex[]>>): Record<Name, number> {
    const slots = Object.values<readonly Hex[]>(lists).flat();
    // A slot that was read before costs nothing, unlike slot 0, with which the contract would fill the last eight.
    while (slots.length % SLOTS_AT_ONCE > 0) slots.push(slots[slots.length - 1]);
    const data = calldata(CONTENTS_OF, word(32), word(slots.length), ...slots.map((slot) => slot.slice(2)));
    let place = this.array(to, data, slots.length);
    const places = Object.entries<readonly Hex[]>(lists).map(([name, list]): [string, number] => {
      place += list.length;
      return [name, place - list.length];
    });
    return Object.fromEntries(places) as Record<Name, number>;
  }

  /** Words that the read returns. */
  get words(): number {
    return this.#next;
  }

  /** Calldata of `Lens.read`. */
  calldata(): Hex {
    return encodeFunctionData({ abi: lens, functionName: "read", args: [this.#wallets, this.#questions] });
  }
}
