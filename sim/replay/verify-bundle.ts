import type { NetworkManager } from "hardhat/types/network";
import { accountParts } from "../../src/chain/account-parts.ts";
import { BlockDisorderError } from "../../src/chain/block-disorder-error.ts";
import type { Bundle } from "../../src/chain/bundle-schema.ts";
import type { ChainEngine } from "../../src/chain/chain.ts";
import { engineKeccak } from "../../src/chain/engine-package.ts";
import { AS_RECORDED, executeBundle, openRecordedChain, sameEngine, type ReplayedBlock } from "./execute-bundle.ts";

/** The first thing that is not as recorded. */
export interface Difference {
  readonly block: bigint;
  readonly phase: "set-up" | "run";
  /** What differs: a root, the block's hash, gas, the read, or that the block cannot be mined. */
  readonly what: string;
  readonly recorded: string;
  readonly replayed: string;
  /** Name and address of the first account whose part of the read differs; null: none, or no read was possible. */
  readonly account: { readonly name: string; readonly address: string } | null;
}

export interface Verification {
  /** `state`: state root and block hash too; `receipts`: receipts root, gas and read, as between engine versions. */
  readonly level: "state" | "receipts";
  readonly engine: ChainEngine;
  /** Blocks of the run, and their calls, that were verified. */
  readonly blocks: number;
  readonly calls: number;
  readonly difference: Difference | null;
}

/**
 * Mines a bundle again on a fresh chain and compares every block with what was recorded, up to the first difference.
 * @param observe - sees every block that was mined again, in order
 */
export async function verifyBundle(
  network: Pick<NetworkManager, "create">,
  bundle: Bundle,
  observe: (block: ReplayedBlock) => void = () => {},
): Promise<Verification> {
  const chain = await openRecordedChain(network, bundle, AS_RECORDED);
  const level = sameEngine(bundle.engine, chain.engine) ? "state" : "receipts";
  let [blocks, calls] = [0, 0];
  const result = (difference: Difference | null) =>
    ({ level, engine: chain.engine, blocks, calls, difference }) as const;
  try {
    for await (const block of executeBundle(chain, bundle)) {
      observe(block);
      const difference = differenceIn(bundle, block, level);
      if (difference !== null) return result(difference);
      if (block.phase === "set-up") continue;
      blocks += 1;
      calls += block.recorded.calls.length;
    }
    return result(null);
  } catch (error) {
    if (error instanceof BlockDisorderError) return result(disorder(bundle, error));
    throw error;
  } finally {
    await chain.close();
  }
}

function differenceIn(bundle: Bundle, block: ReplayedBlock, level: "state" | "receipts"): Difference | null {
  const { expected } = block.recorded;
  const { mined, returned } = block;
  const readHash = returned === null ? "no read" : engineKeccak(returned);
  const stateLevel: [string, string, string][] = [
    ["state root", expected.stateRoot, mined.stateRoot],
    ["block hash", expected.blockHash, mined.hash],
  ];
  const receiptsLevel: [string, string, string][] = [
    ["gas used", expected.gasUsed, `${mined.gasUsed}`],
    ["receipts root", expected.receiptsRoot, mined.receiptsRoot],
    ["aggregated read", expected.read?.hash ?? "no read", readHash],
  ];
  const different = [...receiptsLevel, ...(level === "state" ? stateLevel : [])].find(([, want, got]) => want !== got);
  if (different === undefined) return null;
  const [what, recorded, replayed] = different;
  const { phase } = block;
  return { block: mined.number, phase, what, recorded, replayed, account: firstDifferentAccount(bundle, block) };
}

function firstDifferentAccount(bundle: Bundle, { recorded, returned }: ReplayedBlock): Difference["account"] {
  if (returned === null) return null;
  const addresses = bundle.accounts.map(({ address }) => address);
  const hashes = new Map(accountParts(bundle.read, returned, addresses).map(({ address, hash }) => [address, hash]));
  const different = recorded.expected.accounts.find(({ address, hash }) => hashes.get(address) !== hash);
  if (different === undefined) return null;
  const name = bundle.accounts.find(({ address }) => address === different.address)?.name ?? "unnamed account";
  return { name, address: different.address };
}

function disorder(bundle: Bundle, error: BlockDisorderError): Difference {
  const { number } = error.statement;
  return {
    block: number,
    phase: bundle.setup.some((block) => BigInt(block.number) === number) ? "set-up" : "run",
    what: "the block itself",
    recorded: "mined",
    replayed: error.differences.join("; "),
    account: null,
  };
}
