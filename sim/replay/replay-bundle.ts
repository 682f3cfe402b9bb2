import type { NetworkManager } from "hardhat/types/network";
import type { Hex } from "viem";
import type { Bundle } from "../../src/chain/bundle-schema.ts";
import type { CreationArtifact } from "../../src/chain/creation-artifact.ts";
import { UserError } from "../../src/errors/user-error.ts";
import { compareCurrent } from "./compare-current.ts";
import { describeBlock } from "./describe-block.ts";
import { comparisonText, storyText, verificationText } from "./replay-text.ts";
import { verifyBundle } from "./verify-bundle.ts";

export interface ReplayRequest {
  /** Describe this block instead of telling the story. */
  readonly block?: bigint;
  /** Contracts of the working tree to compare with. */
  readonly current?: readonly CreationArtifact[];
}

/**
 * Replays a bundle and says what it found.
 * @param print - takes one line at a time
 * @returns true when every block is as recorded
 * @throws {UserError} when the wanted block is not in the bundle
 */
export async function replayBundle(
  network: Pick<NetworkManager, "create">,
  bundle: Bundle,
  { block, current }: ReplayRequest,
  print: (line: string) => void,
): Promise<boolean> {
  if (block !== undefined) checkBlock(bundle, block);
  let before: Hex | null = null;
  let described: string[] = [];
  const verification = await verifyBundle(network, bundle, (replayed) => {
    if (replayed.mined.number === block) described = describeBlock(bundle, replayed, before);
    before = replayed.returned ?? before;
  });
  verificationText(bundle, verification).forEach(print);
  if (block === undefined) storyText(bundle).forEach(print);
  else ["", ...described].forEach(print);
  if (verification.difference !== null) return false;
  if (current !== undefined) comparisonText(await compareCurrent(network, bundle, current)).forEach(print);
  return true;
}

function checkBlock(bundle: Bundle, block: bigint): void {
  const blocks = [...bundle.setup, ...bundle.blocks];
  if (blocks.some(({ number }) => BigInt(number) === block)) return;
  const range =
    blocks.length === 0 ? "a bundle with blocks" : `a block from ${blocks[0].number} to ${blocks.at(-1)!.number}`;
  throw new UserError({ where: "--block", what: `the bundle has no block ${block}`, expected: range });
}
