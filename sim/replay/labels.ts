import type { Abi, Address } from "viem";
import type { Bundle } from "../../src/chain/bundle-schema.ts";

/** Names for the addresses of a run: of accounts first, then of contracts. */
export class Labels {
  readonly #names = new Map<string, string>();
  readonly #abis = new Map<string, Abi>();

  constructor({ accounts, contracts }: Pick<Bundle, "accounts" | "contracts">) {
    for (const { name, addresses, abi } of contracts) {
      addresses.forEach((address, index) => {
        this.#names.set(address, addresses.length === 1 ? name : `${name} ${index + 1}`);
        this.#abis.set(address, abi);
      });
    }
    for (const { name, address } of accounts) this.#names.set(address, name);
  }

  /** @returns the name, or the address itself when it has none */
  nameOf(address: string): string {
    return this.#names.get(address.toLowerCase()) ?? address;
  }

  abiOf(address: Address): Abi | undefined {
    return this.#abis.get(address.toLowerCase());
  }
}
