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
import { requestBatch, type BatchedRequest } from "./request-batch.ts";
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
      const { hashes, mined } = await this.#seal(block);
      return await this.#verified(block, hashes, mined);
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
    await this.#batch([...fresh].map((from) => ({ method: "hardhat_impersonateAccount", params: [from] })));
    for (const from of fresh) this.#impersonated.add(from);
  }

  /** Sets the block's context, sends its transactions and mines them, all in one batch that the engine takes in order. */
  async #seal(block: BlockStatement): Promise<{ readonly hashes: readonly Hash[]; readonly mined: RpcBlock }> {
    const context = this.#context(block);
    const requests = [
      ...context,
      ...block.transactions.map((transaction) => ({
        method: "eth_sendTransaction",
        params: [rpcTransaction(transaction)],
      })),
      { method: "evm_mine", params: [numberToHex(block.timestamp)] },
      { method: "eth_getBlockByNumber", params: ["latest", false] },
    ];
    let results: readonly unknown[];
    try {
      results = await this.#batch(requests);
    } catch (error) {
      throw new BlockDisorderError(block, [`${await this.#refused(block)} refused: ${firstLine(error)}`], error);
    }
    const from = context.length;
    const to = from + block.transactions.length;
    return { hashes: results.slice(from, to) as Hash[], mined: results[to + 1] as RpcBlock };
  }

  #context({ gasLimit, coinbase, baseFeePerGas, prevRandao }: BlockStatement): BatchedRequest[] {
    const lasting = this.#lasting;
    this.#lasting = { gasLimit, coinbase };
    return [
      ...(lasting?.gasLimit === gasLimit ? [] : [{ method: "evm_setBlockGasLimit", params: [numberToHex(gasLimit)] }]),
      ...(lasting?.coinbase === coinbase ? [] : [{ method: "hardhat_setCoinbase", params: [coinbase] }]),
      { method: "hardhat_setNextBlockBaseFeePerGas", params: [numberToHex(baseFeePerGas)] },
      { method: "hardhat_setPrevRandao", params: [prevRandao] },
    ];
  }

  /** What a failed batch stopped at: the chain's pool holds what came before it. */
  async #refused(block: BlockStatement): Promise<string> {
    this.#lasting = undefined;
    try {
      await this.#batch(this.#context(block));
    } catch {
      return placeOf(block, -1);
    }
    const taken = (await this.#request<unknown[]>("eth_pendingTransactions", [])).length;
    return placeOf(block, taken < block.transactions.length ? taken : -1);
  }

  async #verified(block: BlockStatement, hashes: readonly Hash[], mined: RpcBlock): Promise<MinedBlock> {
    this.#mined = true;
    const receipts = (await this.#batch(
      hashes.map((hash) => ({ method: "eth_getTransactionReceipt", params: [hash] })),
    )) as readonly (RpcReceipt | null)[];
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

  #batch(requests: readonly BatchedRequest[]): Promise<readonly unknown[]> {
    return requestBatch(this.#provider, requests);
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

function firstLine(reason: unknown): string {
  return (reason instanceof Error ? reason.message : String(reason)).split("\n")[0];
}

/** EDR puts revert data at `data` or `data.data` of its error, by the kind of failure. */
function revertDataOf(error: unknown): Hex {
  const data = (error as { data?: unknown }).data;
  const inner = typeof data === "object" && data !== null ? (data as { data?: unknown }).data : data;
  return typeof inner === "string" && inner.startsWith("0x") ? (inner as Hex) : "0x";
}
