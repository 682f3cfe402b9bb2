import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import hre from "hardhat";
import { blockDigest, bundleDigest } from "../../src/chain/bundle-digest.ts";
import type { Bundle } from "../../src/chain/bundle-schema.ts";
import { serializeBundle } from "../../src/chain/parse-bundle.ts";
import replay, { type ReplayArguments } from "../../sim/tasks/replay.ts";
import { recordTwice } from "./recorded-run.ts";

/** Runs the task's action and takes back what it wrote and how it would exit. */
async function run(given: ReplayArguments): Promise<{ exitCode: unknown; out: string; err: string }> {
  const [log, error, code] = [console.log, console.error, process.exitCode];
  const [out, err]: [string[], string[]] = [[], []];
  console.log = (line: string) => out.push(line);
  console.error = (line: string) => err.push(line);
  try {
    await replay(given, hre);
    return { exitCode: process.exitCode, out: out.join("\n"), err: err.join("\n") };
  } finally {
    console.log = log;
    console.error = error;
    process.exitCode = code;
  }
}

describe("replay task", () => {
  let folder: string;
  let bundle: Bundle;
  const save = async (name: string, text: string) => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "regimebreak-replay-"));
    [bundle] = await recordTwice();
    await save("run.json", serializeBundle(bundle));
  });
  after(() => rm(folder, { recursive: true }));

  it("exits 0 when every block is as recorded", async () => {
    const { exitCode, out, err } = await run({ bundle: join(folder, "run.json") });
    expect([exitCode, err]).to.deep.equal([0, ""]);
    expect(out).to.match(/^3 blocks, 4 calls: every state root and block hash matches/);
  });

  it("exits 1 when a block differs", async () => {
    const other = structuredClone(bundle);
    other.blocks[1].expected.gasUsed = "1";
    other.blocks[1].digest = blockDigest(other.blocks[1]);
    other.digest = bundleDigest(other);
    const { exitCode, out } = await run({ bundle: await save("other.json", serializeBundle(other)) });
    expect(exitCode).to.equal(1);
    expect(out).to.match(/^does not reproduce: block 3 differs first/);
  });

  it("exits 2 with one clear line on bad input, and prints nothing else", async () => {
    const whole = join(folder, "run.json");
    const unopenable = structuredClone(bundle);
    unopenable.engine.hardfork = "future";
    unopenable.digest = bundleDigest(unopenable);
    const cases: [ReplayArguments, RegExp][] = [
      [{ bundle: join(folder, "absent.json") }, /absent\.json: does not exist; expected a bundle file/],
      [{ bundle: folder }, /cannot be read \(EISDIR\)/],
      [{ bundle: await save("cut.json", serializeBundle(bundle).slice(0, 5000)) }, /cut\.json: is cut short/],
      [{ bundle: whole, block: "x" }, /--block: got "x"; expected a block number/],
      [{ bundle: whole, block: "99" }, /--block: the bundle has no block 99/],
      [{ bundle: whole, against: "yesterday" }, /--against: got "yesterday"; expected "current"/],
      [{ bundle: await save("future.json", serializeBundle(unopenable)) }, /cannot open a chain of hardfork "future"/],
    ];
    for (const [given, message] of cases) {
      const { exitCode, out, err } = await run(given);
      expect([exitCode, out]).to.deep.equal([2, ""]);
      expect(err)
        .to.match(/^error: [^\n]*$/)
        .and.match(message);
    }
  });

  it("compares with the contracts of the working tree", async () => {
    const { exitCode, out } = await run({ bundle: join(folder, "run.json"), against: "current" });
    expect(exitCode).to.equal(0);
    expect(out).to.include("no longer in the working tree, kept as recorded: contracts/Token.sol:Token");
  });
});
