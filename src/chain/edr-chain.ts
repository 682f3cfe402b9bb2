import type { EIP1193Provider } from "hardhat/types/providers";
import { numberToHex, type Address, type Hash, type Hex } from "viem";
import { BlockDisorderError } from "./block-disorder-error.ts";
import { CallRevertedError } from "./call-reverted-error.ts";
import type {
  BlockStatement,
  Chain,
  ChainEngine,
  GenesisAccount,
  MinedBlock,
  MinedReceipt,
  StatedTransaction,
} from "./chain.ts";
import { InternalError } from "../errors/internal-error.ts";

interface RpcBlock {
  number: Hex;
  hash: Hash;
  stateRoot: Hash;
  receiptsRoot: Hash;
  gasUsed: Hex;
  gasLimit: Hex;
  timestamp: Hex;
  baseFeePerGas: Hex;
  miner: Hex;
  mixHash: Hex;
  transactions: Hash[];
}

interface RpcReceipt {
  status: Hex;
  gasUsed: Hex;
  effectiveGasPrice: Hex;
  contractAddress: Address | null;
  logs: { address: Address; topics: Hex[]; data: Hex }[];
}

/** Gas of a read: no block's limit applies to it. */
const CALL_GAS = numberToHex(1_000_000_000n);
const READER: Address = "0x0000000000000000000000000000000000000000";

/** The chain over an in-process EDR provider whose own pool is empty between blocks. */
export class EdrChain implements Chain {
  readonly engine: ChainEngine;
  readonly #provider: EIP1193Provider;
  readonly #close: () => Promise<void>;
  readonly #impersonated = new Set<Address>();
  readonly #genesisAccounts: GenesisAccount[] = [];
  /** What the engine keeps from block to block, as last set; a revert puts back what was before. */
  #lasting: Pick<BlockStatement, "gasLimit" | "coinbase"> | undefined;
  #mined = false;
  #disorder: BlockDisorderError | undefined;

  constructor(provider: EIP1193Provider, engine: ChainEngine, close: () => Promise<void>) {
    this.#provider = provider;
    this.engine = engine;
    this.#close = close;
  }

  get genesisAccounts(): readonly GenesisAccount[] {
    return this.#genesisAccounts;
  }

  async mine(block: BlockStatement): Promise<MinedBlock> {
    // What a disordered block left in the chain's pool would land in the next one.
    if (this.#disorder !== undefined) throw this.#disorder;
    try {
      await this.#impersonateNew(block.transactions);
      const hashes = await this.#send(block);
      await this.#seal(block);
      return await this.#verified(block, hashes);
    } catch (error) {
      if (error instanceof BlockDisorderError) this.#disorder = error;
      throw error;
    }
  }

  async call(to: Address, data: Hex): Promise<Hex> {
    try {
      return await this.#request<Hex>("eth_call", [{ from: READER, to, data, gas: CALL_GAS }, "latest"]);
    } catch (error) {
      throw new CallRevertedError(to, data, revertDataOf(error), error);
    }
  }

  async snapshot(): Promise<string> {
    return await this.#request<string>("evm_snapshot", []);
  }

  async revert(snapshot: string): Promise<void> {
    this.#lasting = undefined;
    if (!(await this.#request<boolean>("evm_revert", [snapshot]))) {
      throw new InternalError(`snapshot ${snapshot} does not exist or was reverted before`, { action: "revert" });
    }
  }

  async fund(address: Address, wei: bigint): Promise<void> {
    if (this.#mined) {
      throw new InternalError(`${address} was funded after the first block`, { action: "fund" });
    }
    await this.#request("hardhat_setBalance", [address, numberToHex(wei)]);
    this.#genesisAccounts.push({ address, balance: wei });
  }

  async close(): Promise<void> {
    await this.#close();
  }

  async #impersonateNew(transactions: readonly StatedTransaction[]): Promise<void> {
    const fresh = new Set(transactions.map(({ from }) => from).filter((from) => !this.#impersonated.has(from)));
    if (fresh.size === 0) return;
    await Promise.all([...fresh].map((from) => this.#request("hardhat_impersonateAccount", [from])));
    for (const from of fresh) this.#impersonated.add(from);
  }

  /** Sets the block's context and sends its transactions in one concurrent batch, which the engine takes in order. */
  async #send(block: BlockStatement): Promise<Hash[]> {
    const { gasLimit, coinbase } = block;
    const context = [
      ...(this.#lasting?.gasLimit === gasLimit ? [] : [this.#request("evm_setBlockGasLimit", [numberToHex(gasLimit)])]),
      ...(this.#lasting?.coinbase === coinbase ? [] : [this.#request("hardhat_setCoinbase", [coinbase])]),
      this.#request("hardhat_setNextBlockBaseFeePerGas", [numberToHex(block.baseFeePerGas)]),
      this.#request("hardhat_setPrevRandao", [block.prevRandao]),
    ];
    this.#lasting = { gasLimit, coinbase };
    const sent = block.transactions.map((transaction) =>
      this.#request<Hash>("eth_sendTransaction", [rpcTransaction(transaction)]),
    );
    const outcomes = await Promise.allSettled([...context, ...sent]);
    const refused = outcomes.flatMap((outcome, position) => {
      if (outcome.status === "fulfilled") return [];
      return [`${placeOf(block, position - context.length)} refused: ${firstLine(outcome.reason)}`];
    });
    if (refused.length > 0) throw new BlockDisorderError(block, refused, outcomes.find(isRejected)?.reason);
    return outcomes.slice(context.length).map((outcome) => (outcome as PromiseFulfilledResult<Hash>).value);
  }

  async #seal(block: BlockStatement): Promise<void> {
    try {
      await this.#request("evm_mine", [numberToHex(block.timestamp)]);
    } catch (error) {
      throw new BlockDisorderError(block, [`${placeOf(block, -1)} refused: ${firstLine(error)}`], error);
    }
  }

  async #verified(block: BlockStatement, hashes: readonly Hash[]): Promise<MinedBlock> {
    this.#mined = true;
    const [mined, ...receipts] = await Promise.all([
      this.#request<RpcBlock>("eth_getBlockByNumber", ["latest", false]),
      ...hashes.map((hash) => this.#request<RpcReceipt | null>("eth_getTransactionReceipt", [hash])),
    ]);
    // The pool was empty before the batch, so a block of all that was sent leaves it empty for the next one.
    const differences = [...headerDifferences(block, mined), ...orderDifferences(block, hashes, mined)];
    if (differences.length > 0) throw new BlockDisorderError(block, differences);
    return {
      number: BigInt(mined.number),
      hash: mined.hash,
      stateRoot: mined.stateRoot,
      receiptsRoot: mined.receiptsRoot,
      gasUsed: BigInt(mined.gasUsed),
      receipts: receipts.map((receipt) => parseReceipt(receipt!)),
    };
  }

  #request<T = unknown>(method: string, params: readonly unknown[]): Promise<T> {
    return this.#provider.request({ method, params });
  }
}

function rpcTransaction(transaction: StatedTransaction): Record<string, unknown> {
  return {
    from: transaction.from,
    ...(transaction.to === null ? {} : { to: transaction.to }),
    nonce: numberToHex(transaction.nonce),
    value: numberToHex(transaction.value),
    data: transaction.data,
    gas: numberToHex(transaction.gas),
    maxFeePerGas: numberToHex(transaction.maxFeePerGas),
    maxPriorityFeePerGas: numberToHex(transaction.maxPriorityFeePerGas),
  };
}

function headerDifferences(stated: BlockStatement, mined: RpcBlock): string[] {
  const fields: [string, bigint | string, bigint | string][] = [
    ["number", stated.number, BigInt(mined.number)],
    ["timestamp", stated.timestamp, BigInt(mined.timestamp)],
    ["base fee", stated.baseFeePerGas, BigInt(mined.baseFeePerGas)],
    ["gas limit", stated.gasLimit, BigInt(mined.gasLimit)],
    ["coinbase", stated.coinbase.toLowerCase(), mined.miner.toLowerCase()],
    ["prevRandao", stated.prevRandao.toLowerCase(), mined.mixHash.toLowerCase()],
  ];
  return fields.filter(([, want, got]) => want !== got).map(([name, want, got]) => `${name} is ${got}, stated ${want}`);
}

/** A transaction's hash covers its sender, nonce and content, so equal hashes in equal places are equal blocks. */
function orderDifferences(stated: BlockStatement, hashes: readonly Hash[], mined: RpcBlock): string[] {
  const place = hashes.findIndex((hash, index) => hash !== mined.transactions[index]);
  const differences: string[] = [];
  if (mined.transactions.length !== hashes.length) {
    differences.push(`${mined.transactions.length} transactions mined, ${hashes.length} stated`);
  }
  if (place >= 0) differences.push(`${placeOf(stated, place)} is not at its place`);
  return differences;
}

function placeOf(block: BlockStatement, index: number): string {
  if (index < 0) return "block context";
  const { tag, from, nonce } = block.transactions[index];
  return `transaction ${index} (${tag.agent}, ${tag.submission}, from ${from}, nonce ${nonce})`;
}

function parseReceipt(receipt: RpcReceipt): MinedReceipt {
  return {
    status: receipt.status === "0x1" ? "success" : "reverted",
    gasUsed: BigInt(receipt.gasUsed),
    effectiveGasPrice: BigInt(receipt.effectiveGasPrice),
    contractAddress: receipt.contractAddress,
    logs: receipt.logs.map(({ address, topics, data }) => ({ address, topics, data })),
  };
}

function isRejected(outcome: PromiseSettledResult<unknown>): outcome is PromiseRejectedResult {
  return outcome.status === "rejected";
}

function firstLine(reason: unknown): string {
  return (reason instanceof Error ? reason.message : String(reason)).split("\n")[0];
}

/** EDR puts revert data at `data` or `data.data` of its error, by the kind of failure. */
function revertDataOf(error: unknown): Hex {
  const data = (error as { data?: unknown }).data;
  const inner = typeof data === "object" && data !== null ? (data as { data?: unknown }).data : data;
  return typeof inner === "string" && inner.startsWith("0x") ? (inner as Hex) : "0x";
}
