import { keccak256, stringToBytes, type Address } from "viem";

/**
 * Address of an account, from who owns it and what the account is called: the same in every run and on every machine.
 * Its sender is impersonated, so no key exists.
 * @param id - the owner, for example an agent's id
 * @param name - the account's name within its owner
 * @returns lower-case address: the last 20 bytes of the keccak hash of the two, separated by a zero byte
 */
export function deriveAddress(id: string, name: string): Address {
  return `0x${keccak256(stringToBytes(`regimebreak account\0${id}\0${name}`)).slice(-40)}`;
}
