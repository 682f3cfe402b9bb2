import type { NetworkManager } from "hardhat/types/network";
import type { Hex } from "viem";
import { statementOf, type InitcodeOf } from "../../src/chain/bundle-statement.ts";
import type { Bundle, BundleBlock } from "../../src/chain/bundle-schema.ts";
import { CallRevertedError } from "../../src/chain/call-reverted-error.ts";
import type { BlockStatement, Chain, ChainEngine, MinedBlock } from "../../src/chain/chain.ts";
import { openChain } from "../../src/chain/open-chain.ts";
import { UserError } from "../../src/errors/user-error.ts";

/** One recorded block, mined again. */
export interface ReplayedBlock {
  readonly phase: "set-up" | "run";
  readonly recorded: BundleBlock;
  readonly mined: MinedBlock;
  /** What the aggregated read returned; null: none was recorded, or it reverted. */
  readonly returned: Hex | null;
}

/** How an execution departs from what was recorded. */
export interface Departure {
  readonly initcodeOf: InitcodeOf;
  /** Gas limits of calls and blocks, and genesis balances, are multiplied by this: other code may need more gas. */
  readonly gasFactor: bigint;
}

export const AS_RECORDED: Departure = { initcodeOf: ({ code }) => code, gasFactor: 1n };

/**
 * @returns a fresh chain with the bundle's genesis, whose engine may be another version than the recorded one
 * @throws {UserError} when this engine cannot open a chain with the recorded options
 */
export async function openRecordedChain(
  network: Pick<NetworkManager, "create">,
  bundle: Bundle,
  { gasFactor }: Departure,
): Promise<Chain> {
  const { engine } = bundle;
  const chain = await openChain(network, {
    chainId: engine.chainId,
    hardfork: engine.hardfork,
    initialDate: engine.initialDate,
    gasLimit: BigInt(engine.genesisGasLimit),
    baseFeePerGas: BigInt(engine.genesisBaseFeePerGas),
  }).catch((error: Error) => {
    const what = `the installed engine cannot open a chain of hardfork "${engine.hardfork}" as recorded`;
    throw new UserError({ where: "bundle", what, expected: `an engine like ${engine.name} ${engine.version}` }, error);
  });
  for (const { address, balance } of bundle.genesis) await chain.fund(address, BigInt(balance) * gasFactor);
  return chain;
}

/**
 * Mines the set-up and the run of a bundle, block by block.
 * @throws {BlockDisorderError} when a block cannot be mined as recorded
 */
export async function* executeBundle(
  chain: Chain,
  bundle: Bundle,
  departure: Departure = AS_RECORDED,
): AsyncGenerator<ReplayedBlock> {
  const blocks = [
    ...bundle.setup.map((recorded) => ({ phase: "set-up" as const, recorded })),
    ...bundle.blocks.map((recorded) => ({ phase: "run" as const, recorded })),
  ];
  for (const { phase, recorded } of blocks) {
    const stated = statementOf(bundle, recorded, departure.initcodeOf);
    const mined = await chain.mine(withMoreGas(stated, departure.gasFactor));
    yield { phase, recorded, mined, returned: await readAfter(chain, bundle, recorded) };
  }
}

/** @returns whether state roots can be compared: they differ between engine versions */
export function sameEngine(recorded: Bundle["engine"], present: ChainEngine): boolean {
  return recorded.name === present.name && recorded.version === present.version;
}

async function readAfter(chain: Chain, bundle: Bundle, recorded: BundleBlock): Promise<Hex | null> {
  const { read } = recorded.expected;
  if (read === null) return null;
  const { to, data } = bundle.reads[read.call];
  try {
    return await chain.call(to, data);
  } catch (error) {
    if (error instanceof CallRevertedError) return null;
    throw error;
  }
}

function withMoreGas(block: BlockStatement, factor: bigint): BlockStatement {
  if (factor === 1n) return block;
  return {
    ...block,
    gasLimit: block.gasLimit * factor,
    transactions: block.transactions.map((transaction) => ({ ...transaction, gas: transaction.gas * factor })),
  };
}
