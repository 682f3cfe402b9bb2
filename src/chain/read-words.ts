import type { Hex } from "viem";
import type { ReadField } from "./bundle-schema.ts";

/** Hex digits of a word. */
const DIGITS = 64;
/** Bits of a digit. */
const NIBBLE = 4;
/** Thirteen hex digits are below 2^53: such numbers need no big integer. */
const SMALL_DIGITS = 13;
const ZEROS = "0".repeat(DIGITS);

/** The 32-byte words that a read returned, of which only what somebody asks for is decoded. Places count words. */
export class ReadWords {
  readonly #hex: string;

  constructor(hex: Hex) {
    this.#hex = hex;
  }

  get length(): number {
    return Math.floor((this.#hex.length - 2) / DIGITS);
  }

  /** @returns the hex digits of some words, without 0x */
  digits(word: number, count: number): string {
    return this.#hex.slice(2 + DIGITS * word, 2 + DIGITS * (word + count));
  }

  isZero(word: number): boolean {
    return this.#hex.startsWith(ZEROS, 2 + DIGITS * word);
  }

  /** A number of `bits` bits from bit `from` on; both are multiples of four, a hex digit. */
  unsigned(word: number, from = 0, bits = 256): bigint {
    // Most words are zero, and telling so is quicker than parsing them.
    if (this.isZero(word)) return 0n;
    const end = 2 + DIGITS * (word + 1) - from / NIBBLE;
    return BigInt(`0x${this.#hex.slice(end - bits / NIBBLE, end)}`);
  }

  /** As `unsigned`, in two's complement. */
  signed(word: number, from = 0, bits = 256): bigint {
    return BigInt.asIntN(bits, this.unsigned(word, from, bits));
  }

  /** As `unsigned`, as the float nearest to it. */
  number(word: number, from = 0, bits = 256): number {
    const end = 2 + DIGITS * (word + 1) - from / NIBBLE;
    const first = end - bits / NIBBLE;
    const small = Math.max(first, end - SMALL_DIGITS);
    if (this.#hex.startsWith(ZEROS.slice(0, small - first), first)) {
      return Number.parseInt(this.#hex.slice(small, end), 16);
    }
    return Number(BigInt(`0x${this.#hex.slice(first, end)}`));
  }

  /** The number at any bits of a word. */
  at({ word, from, bits, signed }: ReadField): bigint {
    const shifted = this.unsigned(word) >> BigInt(from);
    return signed ? BigInt.asIntN(bits, shifted) : BigInt.asUintN(bits, shifted);
  }
}
