import { keccak256, stringToHex, type Address, type Hex } from "viem";

import type { BlockStatement, StatedTransaction } from "../../src/chain/chain.ts";
import type { Action } from "../../src/protocol/actions.ts";
import type { DeployedAccount, DeployedProtocol, ProtocolTransaction } from "../../src/protocol/adapter.ts";
import type { ProtocolView } from "../../src/protocol/view.ts";
import type { Random } from "../../src/random/random.ts";
import type { AgentId, Submission, SubmissionId } from "../agents/agent.ts";
import type { BlockContext } from "../mempool/builder.ts";

/** One transaction of a block and who asked for it; a set-up call of the harness has no submission. */
export interface PlannedTransaction {
  readonly agent: AgentId | "harness";
  readonly submission: Submission | undefined;
  readonly transaction: ProtocolTransaction;
  readonly gas: bigint;
  readonly maxFee: bigint;
  readonly tip: bigint;
}

/** Gas of an owner's call that changes a setting. */
const SETTING_GAS = 200_000n;

/** Words by id: runs that follow each other use the same ids, and a hash costs more than finding it again. */
const tags = new Map<SubmissionId, Hex>();

/** The outcome event carries this word, by which a submission is found again. */
export function tagOf({ id }: Submission): Hex {
  let tag = tags.get(id);
  if (tag === undefined) tags.set(id, (tag = keccak256(stringToHex(id))));
  return tag;
}

/** A submission as a transaction of the account that it names. */
export function planSubmission(
  protocol: DeployedProtocol<ProtocolView, Action>,
  account: DeployedAccount,
  agent: AgentId | "harness",
  submission: Submission,
): PlannedTransaction {
  return {
    agent,
    submission,
    transaction: protocol.transaction(account, tagOf(submission), submission.steps),
    gas: BigInt(submission.bid.gas),
    maxFee: submission.bid.maxFee,
    tip: submission.bid.tip,
  };
}

/** A setting of the protocol, changed by its owner at no tip. */
export function planSetting(transaction: ProtocolTransaction, baseFee: bigint): PlannedTransaction {
  return { agent: "harness", submission: undefined, transaction, gas: SETTING_GAS, maxFee: baseFee, tip: 0n };
}

/** Gives nonces in final order per sender, so that what was left out leaves no gap. */
export class NonceBook {
  readonly #next: Map<Address, number>;

  constructor(nonces: ReadonlyMap<Address, number>) {
    this.#next = new Map([...nonces].map(([address, nonce]) => [address.toLowerCase() as Address, nonce]));
  }

  take(sender: Address): number {
    const key = sender.toLowerCase() as Address;
    const nonce = this.#next.get(key) ?? 0;
    this.#next.set(key, nonce + 1);
    return nonce;
  }
}

/** The block exactly as it is to be mined. */
export function stateBlock(
  context: BlockContext,
  number: bigint,
  coinbase: Address,
  planned: readonly PlannedTransaction[],
  nonces: NonceBook,
  random: Random,
): BlockStatement {
  const transactions = planned.map(({ agent, submission, transaction, gas, maxFee, tip }): StatedTransaction => ({
    from: transaction.from,
    nonce: nonces.take(transaction.from),
    to: transaction.to,
    value: transaction.value,
    data: transaction.data,
    gas,
    maxFeePerGas: maxFee,
    maxPriorityFeePerGas: tip < maxFee ? tip : maxFee,
    tag: { agent, submission: submission?.id ?? "setting" },
  }));
  return {
    number,
    timestamp: BigInt(context.time),
    baseFeePerGas: context.baseFee,
    gasLimit: context.gasLimit,
    coinbase,
    prevRandao: randaoOf(random, context.index),
    transactions,
  };
}

/** 32 bytes from the run's own stream. */
function randaoOf(random: Random, index: number): Hex {
  const words = Array.from({ length: 8 }, (_, purpose) => Math.floor(random.uniform(index, purpose) * 2 ** 32));
  return `0x${words.map((word) => word.toString(16).padStart(8, "0")).join("")}`;
}
