import type { NetworkManager } from "hardhat/types/network";
import type { Address } from "viem";

import type { Bundle } from "../../src/chain/bundle-schema.ts";
import { CallRevertedError } from "../../src/chain/call-reverted-error.ts";
import { UserError } from "../../src/errors/user-error.ts";
import type { TransmittedRound } from "../../src/models/feature-feed.ts";
import type { TradeLog } from "../../src/models/trade-log.ts";
import { decodeSeriesId } from "../../src/protocol/decoding/series-id.ts";
import { loggedBlock, loggedState } from "../../src/protocol/logged-block.ts";
import { VaultLogReader, type ReadBlock } from "../../src/protocol/vault-log-reader.ts";
import { AS_RECORDED, executeBundle, openRecordedChain } from "./execute-bundle.ts";

/** A block with the base fee that its statement gave it. */
type LoggableBlock = ReadBlock & { readonly baseFee: bigint };

/**
 * The logs of a recorded run: its blocks are mined again, and what they emit is read. Trades of the set-up, which make
 * the genesis book, are no trades of the market and are left out; rounds of the set-up are the feed's past.
 * @param file - named in errors
 * @throws {UserError} when the bundle does not give the recorded receipts again, or holds no vault that logs
 */
export async function readBundleLog(
  network: Pick<NetworkManager, "create">,
  bundle: Bundle,
  file: string,
): Promise<TradeLog> {
  const { setup, run, reader } = await readBlocks(network, bundle, file);
  if (setup.length === 0 || run.length === 0) {
    throw new UserError({ where: file, what: `has ${setup.length} blocks of set-up and ${run.length} of a run` });
  }
  const underlying = mostTraded(run);
  const roundsOf = ({ rounds }: ReadBlock): readonly TransmittedRound[] => rounds.get(underlying) ?? [];
  const { vegaLimit, terms } = reader;
  return {
    past: setup.flatMap(roundsOf),
    start: loggedState({ ...setup.at(-1)!, vegaLimit }),
    blocks: run.map((block) => loggedBlock({ ...block, rounds: roundsOf(block), vegaLimit }, underlying)),
    terms,
  };
}

async function readBlocks(network: Pick<NetworkManager, "create">, bundle: Bundle, file: string) {
  const vault = addressOf(bundle, "OptionVault", file);
  const guard = addressOf(bundle, "OracleGuard", file);
  const lastOfSetup = bundle.setup.at(-1)?.number;
  const blocks: Record<"set-up" | "run", LoggableBlock[]> = { "set-up": [], run: [] };
  const chain = await openRecordedChain(network, bundle, AS_RECORDED);
  let reader: VaultLogReader | undefined;
  try {
    for await (const { phase, recorded, mined } of executeBundle(chain, bundle)) {
      if (mined.receiptsRoot !== recorded.expected.receiptsRoot) {
        const what = `block ${recorded.number} does not give the recorded receipts again`;
        throw new UserError({ where: file, what, expected: "a bundle that npx hardhat replay repeats" });
      }
      // The contracts stand when the set-up does: what it logs before is read with them from its last block on.
      if (reader === undefined && (phase === "run" || recorded.number === lastOfSetup)) {
        reader = await VaultLogReader.open(chain, vault, guard);
      }
      if (reader === undefined) continue;
      const block = await reader.read(mined, Number(recorded.timestamp));
      blocks[phase].push({ ...block, baseFee: BigInt(recorded.baseFeePerGas) });
    }
  } catch (error) {
    if (!(error instanceof CallRevertedError)) throw error;
    throw new UserError({ where: file, what: `its contracts do not say what a log needs: ${error.message}` }, error);
  } finally {
    await chain.close();
  }
  return { setup: blocks["set-up"], run: blocks.run, reader: reader! };
}

/** The underlying with the most trades; the first where none was traded. */
function mostTraded(blocks: readonly ReadBlock[]): number {
  const counts = new Map<number, number>();
  for (const { events } of blocks) {
    for (const event of events) {
      if (event.kind !== "traded") continue;
      const { underlying } = decodeSeriesId(event.id);
      counts.set(underlying, (counts.get(underlying) ?? 0) + 1);
    }
  }
  return [...counts].reduce((best, next) => (next[1] > best[1] ? next : best), [0, 0])[0];
}

function addressOf({ contracts }: Bundle, name: string, file: string): Address {
  const address = contracts.find((contract) => contract.name === name)?.addresses[0];
  if (address !== undefined) return address;
  throw new UserError({ where: file, what: `records no ${name}`, expected: "a bundle of an option vault" });
}
