import type { Address, Hex } from "viem";

const MODULUS = 1n << 256n;

/** One ABI word of an unsigned integer, or of a negative one in two's complement; 64 digits without 0x. */
export function word(value: bigint | number): string {
  const integer = typeof value === "bigint" ? value : BigInt(value);
  return (integer < 0n ? integer + MODULUS : integer).toString(16).padStart(64, "0");
}

/** One ABI word of an address. */
export function addressWord(address: Address): string {
  return address.slice(2).toLowerCase().padStart(64, "0");
}

/** Calldata of a function whose arguments are all static, from their words. */
export function calldata(selector: Hex, ...words: readonly string[]): Hex {
  return `${selector}${words.join("")}`;
}

/** Calldata of a function whose only argument is an array of static structs of which `words` holds the fields. */
export function arrayCalldata(selector: Hex, length: number, words: readonly string[]): Hex {
  return calldata(selector, word(32), word(length), ...words);
}
