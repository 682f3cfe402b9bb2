import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { expect } from "chai";

import { resultsSchema } from "../../sim/results/results.ts";

const root = join(import.meta.dirname, "../..");
const hardhat = join(dirname(createRequire(import.meta.url).resolve("hardhat/package.json")), "dist/src/cli.js");

/** Runs `npx hardhat …` in a process of its own. */
function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const options = { cwd: root, env: { ...process.env, CI: "1" }, maxBuffer: 64_000_000 };
    execFile(process.execPath, [hardhat, ...args], options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

/** The smallest experiment that still scores, runs on chain and reports. */
const small = [
  ...["--scenario", "calm", "--models", "realised-vol", "--severities", "0", "--presets", "OPEN"],
  ...["--replicates", "6", "--seeds", "1", "--seed", "7"],
];

describe("the main job", function () {
  this.timeout(600_000);

  let directory: string;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), "regimebreak-"));
  });
  after(() => rmSync(directory, { recursive: true }));

  it("gives the same results and bundles in two processes, and a bundle that replays", async () => {
    const [a, b] = [join(directory, "a"), join(directory, "b")];
    const runs = await Promise.all([
      run("sim", ...small, "--jobs", "1", "--out", a),
      run("sim", ...small, "--jobs", "2", "--json", "--out", b),
    ]);
    for (const { code, stderr } of runs) expect(code, stderr).to.equal(0);

    const read = (path: string) => {
      const results = resultsSchema.parse(JSON.parse(readFileSync(join(path, "results.json"), "utf8")));
      return { ...results, timings: {} };
    };
    expect(read(a)).to.deep.equal(read(b));
    expect((JSON.parse(runs[1].stdout) as { directory: string }).directory).to.equal(b);

    const bundles = readdirSync(join(a, "bundles"));
    expect(bundles).to.have.length(1);
    expect(readdirSync(join(b, "bundles"))).to.deep.equal(bundles);
    const text = (path: string) => readFileSync(join(path, "bundles", bundles[0]!), "utf8");
    expect(text(a) === text(b), "bundles differ").to.equal(true);

    const replay = await run("replay", join(a, "bundles", bundles[0]!));
    expect(replay.code, replay.stdout + replay.stderr).to.equal(0);
  });
});
