import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { expect } from "chai";

const root = join(import.meta.dirname, "../..");
const hardhat = join(dirname(createRequire(import.meta.url).resolve("hardhat/package.json")), "dist/src/cli.js");

interface Exit {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `npx hardhat …` in a process of its own. */
function run(...args: string[]): Promise<Exit> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [hardhat, ...args],
      { cwd: root, env: { ...process.env, CI: "1" } },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

describe("commands", function () {
  this.timeout(120_000);

  let directory: string;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), "regimebreak-"));
  });
  after(() => rmSync(directory, { recursive: true }));

  it("scenarios and models list what there is, a line each", async () => {
    const [scenarios, models] = await Promise.all([run("scenarios"), run("models")]);
    expect(scenarios.code).to.equal(0);
    for (const name of ["vol-shock", "calm", "black-thursday"])
      expect(scenarios.stdout).to.match(new RegExp(`^ +${name} `, "m"));
    expect(models.code).to.equal(0);
    for (const name of ["constant", "polynomial"]) expect(models.stdout).to.match(new RegExp(`^ +${name} `, "m"));
  });

  it("models --fit tells how far each fit can be trusted, with --json as data", async () => {
    const { code, stdout, stderr } = await run("models", "--fit", "--json");
    expect(code, stderr).to.equal(0);
    const listed = JSON.parse(stdout) as { name: string; fit: { degreesOfFreedom: number; failure: string | null } }[];
    expect(listed.map(({ fit }) => fit.failure)).to.deep.equal(listed.map(() => null));
    expect(listed.find(({ name }) => name === "smile-level")!.fit).to.deep.include({ degreesOfFreedom: 9 });
  });

  it("sim --dry-run says what would run, and writes nothing", async () => {
    const { code, stdout, stderr } = await run("sim", "--dry-run", "--seeds", "8", "--out", join(directory, "run"));
    expect(code, stderr).to.equal(0);
    expect(stdout).to.contain("96 runs");
    expect(stdout).to.not.contain("\u001b");
    expect(readdirSync(directory)).to.deep.equal([]);
  });

  it("sim answers bad input with one line, exit code 2, no stack trace and nothing written", async () => {
    const out = ["--out", join(directory, "run")];
    const cases: [string[], RegExp][] = [
      [["--scenario", "no-such"], /^error: --scenario: unknown scenario "no-such"[^\n]*\n$/],
      [["--models", "polynomal"], /^error: --models: unknown model "polynomal"\. Did you mean "polynomial"\?\n$/],
      [["--history", "missing.csv"], /^error: --history: cannot read missing\.csv; expected a CSV file\n$/],
    ];
    for (const { exit, message } of await Promise.all(
      cases.map(async ([args, message]) => ({ exit: await run("sim", ...args, ...out), message })),
    )) {
      expect(exit.stderr).to.match(message);
      expect(exit.stdout).to.equal("");
      expect(exit.code).to.equal(2);
    }
    expect(readdirSync(directory)).to.deep.equal([]);
  });

  it("all answer a slip in their options with one line and exit code 2, in the place of Hardhat's own error", async () => {
    const cases: [string[], RegExp][] = [
      [["sim", "--sedes", "8"], /^error: --sedes: sim has no such option\. Did you mean "--seeds"\?\n$/],
      [["replay"], /^error: replay: needs a bundle[^\n]*\n$/],
      [["scenarios", "--all"], /^error: --all: scenarios has no such option[^\n]*\n$/],
      [["models", "--from-run", "no-such"], /^error: --from-run: goes with --fit\n$/],
      [["models", "--fit", "--from-run", "no-such"], /^error: --from-run: no-such does not exist; expected [^\n]*\n$/],
      [["models", "constant"], /^error: models: does not know what to do with "constant"[^\n]*\n$/],
    ];
    for (const { exit, message } of await Promise.all(
      cases.map(async ([args, message]) => ({ exit: await run(...args), message })),
    )) {
      expect(exit.stderr).to.match(message);
      expect([exit.stdout, exit.code]).to.deep.equal(["", 2]);
    }
  });

  it("sim refuses a directory that it cannot write, before anything runs", async () => {
    const { code, stderr } = await run("sim", "--out", join(root, "package.json", "run"));
    expect(stderr).to.match(/^error: --out: [^\n]*package\.json is a file[^\n]*\n$/);
    expect(code).to.equal(2);
  });
});
