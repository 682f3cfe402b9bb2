import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { loadCreationArtifacts } from "../../src/chain/creation-artifact.ts";
import { UserError } from "../../src/errors/user-error.ts";
import { readBundle } from "../replay/read-bundle.ts";
import { replayBundle } from "../replay/replay-bundle.ts";

export interface ReplayArguments {
  /** Path of the bundle. */
  readonly bundle: string;
  /** Number of a block to describe. */
  readonly block?: string;
  /** `current`: compare with the working tree's contracts. */
  readonly against?: string;
}

/** `npx hardhat replay BUNDLE`: exits 0 when every block is as recorded, 1 when one differs, 2 on bad input. */
export default async function replay(given: ReplayArguments, hre: HardhatRuntimeEnvironment): Promise<void> {
  try {
    const block = given.block === undefined ? undefined : parseBlock(given.block);
    const against = checkAgainst(given.against);
    const bundle = await readBundle(given.bundle);
    if (against) await hre.tasks.getTask("build").run({ quiet: true });
    const current = against ? await loadCreationArtifacts(hre.artifacts) : undefined;
    const reproduces = await replayBundle(hre.network, bundle, { block, current }, (line) => console.log(line));
    process.exitCode = reproduces ? 0 : 1;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.error(`error: ${error.message}`);
    process.exitCode = 2;
  }
}

function parseBlock(text: string): bigint {
  if (/^\d+$/.test(text)) return BigInt(text);
  throw new UserError({ where: "--block", what: `got "${text}"`, expected: "a block number" });
}

function checkAgainst(text: string | undefined): boolean {
  if (text === undefined) return false;
  if (text === "current") return true;
  throw new UserError({ where: "--against", what: `got "${text}"`, expected: '"current"' });
}
