import { encodeFunctionData, pad, toHex, type Address, type Hex } from "viem";

import type { BlockStatement, Chain, MinedReceipt, StatedTransaction } from "../../chain/chain.ts";
import { artifactOf, type ContractName } from "../artifacts.ts";
import type { Call } from "../actions.ts";
import { decodeNamedError } from "../decoding/named-errors.ts";
import { encodeExecute } from "../encoding/encode-action.ts";
import { decodedOutcome } from "./outcome.ts";

const BASE_FEE = 1_000_000_000n;

/** A transaction of the set-up failed: scenario and protocol do not fit, or the contracts are wrong. */
export class SetupFailedError extends Error {
  constructor(what: string, why: string) {
    super(`set-up of the protocol failed at "${what}": ${why}`);
    this.name = "SetupFailedError";
  }
}

/** An account that acts through its actor contract. */
export interface ActingAccount {
  readonly sender: Address;
  readonly actor: Address;
}

/** Calldata of a contract's function by its name. */
export function callOf(contract: ContractName, to: Address, functionName: string, args: readonly unknown[] = []): Call {
  return { to, data: encodeFunctionData({ abi: artifactOf(contract).abi, functionName, args }), value: 0n };
}

/** Collects the transactions of a block and mines them; keeps nonces, numbers and the reasons of failures. */
export class SetupBlocks {
  readonly #chain: Chain;
  readonly #coinbase: Address;
  readonly #nonces = new Map<Address, number>();
  #waiting: StatedTransaction[] = [];
  #number = 0n;
  #timestamp = 0n;

  constructor(chain: Chain, coinbase: Address) {
    this.#chain = chain;
    this.#coinbase = coinbase;
  }

  get nonces(): ReadonlyMap<Address, number> {
    return this.#nonces;
  }

  get head(): { number: bigint; timestamp: bigint } {
    return { number: this.#number, timestamp: this.#timestamp };
  }

  /** Adds a transaction to the next block. @param gas - limit, an upper bound that is checked by the chain */
  send(what: string, from: Address, to: Address | null, data: Hex, gas: bigint): void {
    const nonce = this.#nonces.get(from) ?? 0;
    this.#nonces.set(from, nonce + 1);
    this.#waiting.push({
      from,
      nonce,
      to,
      value: 0n,
      data,
      gas,
      maxFeePerGas: 2n * BASE_FEE,
      maxPriorityFeePerGas: 0n,
      tag: { agent: "set-up", submission: what },
    });
  }

  /** Adds calls of an actor, all or none. */
  act(what: string, { sender, actor }: ActingAccount, calls: readonly Call[], gas: bigint): void {
    const tag = pad(toHex(what.slice(0, 32)), { size: 32, dir: "right" });
    this.send(what, sender, actor, encodeExecute(tag, calls), gas);
  }

  /**
   * Mines what was collected, at a time.
   * @throws {SetupFailedError} when a transaction or a step of an actor fails
   */
  async mine(timestamp: number): Promise<void> {
    const transactions = this.#waiting;
    this.#waiting = [];
    this.#number += 1n;
    this.#timestamp = BigInt(timestamp);
    const gasLimit = transactions.reduce((sum, { gas }) => sum + gas, 30_000_000n);
    const block: BlockStatement = {
      number: this.#number,
      timestamp: this.#timestamp,
      baseFeePerGas: BASE_FEE,
      gasLimit,
      coinbase: this.#coinbase,
      prevRandao: pad(toHex(this.#number), { size: 32 }),
      transactions,
    };
    const { receipts } = await this.#chain.mine(block);
    for (const [index, receipt] of receipts.entries()) this.#check(transactions[index], receipt);
  }

  #check({ tag, gas }: StatedTransaction, receipt: MinedReceipt): void {
    if (receipt.status === "reverted") {
      throw new SetupFailedError(tag.submission, `reverted after ${receipt.gasUsed} of ${gas} gas`);
    }
    const failed = decodedOutcome(receipt.logs);
    if (failed !== undefined) {
      const { name, args } = decodeNamedError(failed);
      throw new SetupFailedError(tag.submission, `${name}(${args.join(", ")})`);
    }
  }
}
