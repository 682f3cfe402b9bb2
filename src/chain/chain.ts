import type { Address, Hash, Hex } from "viem";

/** One transaction exactly as it must be mined; its place in the block is its place in the statement. */
export interface StatedTransaction {
  readonly from: Address;
  readonly nonce: number;
  /** `null` creates a contract from `data`. */
  readonly to: Address | null;
  /** Wei. */
  readonly value: bigint;
  readonly data: Hex;
  /** Gas limit of this transaction. */
  readonly gas: bigint;
  /** Wei per gas. */
  readonly maxFeePerGas: bigint;
  /** Wei per gas. */
  readonly maxPriorityFeePerGas: bigint;
  /** Who asked for it; not on the chain, kept for bundles and error messages. */
  readonly tag: { readonly agent: string; readonly submission: string };
}

/** Everything that determines a block on top of the state before it. */
export interface BlockStatement {
  readonly number: bigint;
  /** Unix seconds, later than the block before. */
  readonly timestamp: bigint;
  /** Wei per gas. */
  readonly baseFeePerGas: bigint;
  readonly gasLimit: bigint;
  readonly coinbase: Address;
  /** 32 bytes. */
  readonly prevRandao: Hex;
  readonly transactions: readonly StatedTransaction[];
}

export interface MinedLog {
  readonly address: Address;
  readonly topics: readonly Hex[];
  readonly data: Hex;
}

export interface MinedReceipt {
  readonly status: "success" | "reverted";
  readonly gasUsed: bigint;
  /** Wei per gas that the sender paid. */
  readonly effectiveGasPrice: bigint;
  /** Address of the contract that a creation made. */
  readonly contractAddress: Address | null;
  readonly logs: readonly MinedLog[];
}

/** A block that was mined as stated; `receipts` are in the order of the statement's transactions. */
export interface MinedBlock {
  readonly number: bigint;
  readonly hash: Hash;
  readonly stateRoot: Hash;
  readonly receiptsRoot: Hash;
  readonly gasUsed: bigint;
  readonly receipts: readonly MinedReceipt[];
}

/** What the engine is: on one version of it the same blocks give the same state roots. */
export interface ChainEngine {
  readonly name: string;
  readonly version: string;
  readonly hardfork: string;
  readonly chainId: number;
  /** Time of the genesis block, unix seconds. */
  readonly initialDate: number;
  /** Gas limit of the genesis block. */
  readonly genesisGasLimit: bigint;
  /** Base fee of the genesis block, wei per gas. */
  readonly genesisBaseFeePerGas: bigint;
}

/**
 * A chain that mines exactly what it is told. Senders are impersonated, so any address can act.
 * One call at a time: a caller awaits each before the next, except that several `call`s may run together.
 */
export interface Chain {
  readonly engine: ChainEngine;
  /** Addresses funded so far, in the order of funding. */
  readonly genesisAccounts: readonly GenesisAccount[];
  /**
   * Mines one block from the statement and checks that it is what was stated.
   * @throws {BlockDisorderError} when any transaction was refused, left out or reordered, or a header field differs
   */
  mine(block: BlockStatement): Promise<MinedBlock>;
  /**
   * Reads the state after the last block.
   * @throws {CallRevertedError} when the call reverts
   */
  call(to: Address, data: Hex): Promise<Hex>;
  /** Remembers the state; the identifier is consumed by its `revert`. */
  snapshot(): Promise<string>;
  revert(snapshot: string): Promise<void>;
  /** Sets a genesis balance in wei. Only before the first block. */
  fund(address: Address, wei: bigint): Promise<void>;
  close(): Promise<void>;
}

export interface GenesisAccount {
  readonly address: Address;
  /** Wei. */
  readonly balance: bigint;
}
