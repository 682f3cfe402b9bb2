import type { Hex } from "viem";

const DIGITS = 64;
const SIGN = 1n << 255n;
const MODULUS = 1n << 256n;
const WAD = 1e18;
/** Thirteen hex digits are below 2^53: such words need no big integer. */
const SMALL_ZEROS = "0".repeat(DIGITS - 13);

/** Walks the words of an ABI-encoded answer without decoding what nobody asks for. Places count words. */
export class WordReader {
  readonly #hex: Hex;
  #at = 0;

  constructor(hex: Hex) {
    this.#hex = hex;
  }

  /** Continues at a place. */
  seek(place: number): void {
    this.#at = place;
  }

  /** Continues at the array whose byte offset from `base` is at `head`; returns its length. */
  enterArray(base: number, head: number): number {
    this.#at = head;
    this.#at = base + this.number() / 32;
    return this.number();
  }

  /** An integer that a float holds exactly. */
  number(): number {
    const digits = this.#take();
    if (digits.startsWith(SMALL_ZEROS)) return Number.parseInt(digits.slice(DIGITS - 13), 16);
    return Number(BigInt(`0x${digits}`));
  }

  unsigned(): bigint {
    return BigInt(`0x${this.#take()}`);
  }

  signed(): bigint {
    const value = this.unsigned();
    return value >= SIGN ? value - MODULUS : value;
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
    this.#at += words;
  }

  #take(): string {
    const from = 2 + DIGITS * this.#at++;
    return this.#hex.slice(from, from + DIGITS);
  }
}
