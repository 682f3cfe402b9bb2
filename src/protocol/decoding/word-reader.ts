import type { Hex } from "viem";

import { ReadWords } from "../../chain/read-words.ts";

const WAD = 1e18;

/** Walks the words of an event's data from the first on. */
export class WordReader {
  readonly #words: ReadWords;
  #next = 0;

  constructor(data: Hex) {
    this.#words = new ReadWords(data);
  }

  /** An integer that a float holds exactly. */
  number(): number {
    return this.#words.number(this.#next++);
  }

  unsigned(): bigint {
    return this.#words.unsigned(this.#next++);
  }

  signed(): bigint {
    return this.#words.signed(this.#next++);
  }

  /** An unsigned WAD as a float. */
  wad(): number {
    return this.number() / WAD;
  }

  /** A signed WAD as a float. */
  signedWad(): number {
    return Number(this.signed()) / WAD;
  }

  flag(): boolean {
    return this.number() !== 0;
  }

  skip(words: number): void {
    this.#next += words;
  }
}
