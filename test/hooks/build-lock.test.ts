import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, existsSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { expect } from "chai";

import { oneBuildAtATime } from "../../sim/hooks/build-lock.ts";

const root = join(import.meta.dirname, "../..");
const hardhat = join(dirname(createRequire(import.meta.url).resolve("hardhat/package.json")), "dist/src/cli.js");
const LOCK = "regimebreak-build.lock";

/** A project of one small contract that uses the plugin, with nothing compiled yet. */
function freshProject(): string {
  const directory = mkdtempSync(join(tmpdir(), "regimebreak-"));
  symlinkSync(join(root, "node_modules"), join(directory, "node_modules"));
  writeFileSync(join(directory, "package.json"), '{ "type": "module" }');
  mkdirSync(join(directory, "contracts"));
  writeFileSync(
    join(directory, "contracts/One.sol"),
    "// SPDX-License-Identifier: MIT\npragma solidity ^0.8.0;\ncontract One {}\n",
  );
  writeFileSync(
    join(directory, "hardhat.config.ts"),
    [
      'import { createRequire } from "node:module";',
      'import { defineConfig } from "hardhat/config";',
      `import regimebreak from ${JSON.stringify(join(root, "sim/plugin.ts"))};`,
      'const path = createRequire(import.meta.url).resolve("solc/soljson.js");',
      'export default defineConfig({ plugins: [regimebreak], solidity: { version: "0.8.37", path } });',
    ].join("\n"),
  );
  return directory;
}

/**
 * This process's environment without what Hardhat hands down to its children, since under `hardhat test` that names this
 * repository's configuration and the child would build this repository; and without colours.
 */
function ownEnvironment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(HARDHAT_|FORCE_COLOR$)/.test(name));
  return { ...Object.fromEntries(inherited), CI: "1" };
}

/** What a build printed, and where it failed its errors and how it ended. */
function build(directory: string): Promise<string> {
  return new Promise((resolve) => {
    const options = { cwd: directory, env: ownEnvironment() };
    execFile(process.execPath, [hardhat, "build"], options, (error, stdout, stderr) =>
      resolve((error === null ? stdout : `${stdout}${stderr}ended with ${error.signal ?? error.code}`).trim()),
    );
  });
}

describe("builds of one project", function () {
  this.timeout(120_000);

  let directory: string;
  beforeEach(() => {
    directory = freshProject();
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it("that start at once all succeed: one compiles, and the others find the work done", async () => {
    const printed = await Promise.all([build(directory), build(directory), build(directory)]);
    const [first, ...others] = printed.sort((a, b) => Number(a.startsWith("No")) - Number(b.startsWith("No")));
    expect(first).to.match(/^Compiled 1 Solidity file with solc 0\.8\.37 .*$/);
    expect(others).to.deep.equal(["No contracts to compile", "No contracts to compile"]);
    expect(existsSync(join(directory, "cache", LOCK))).to.equal(false);
  });

  it("take over the lock of a process that died", async () => {
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    const lock = { pid, hostname: hostname(), platform: process.platform, uid: process.getuid?.() };
    mkdirSync(join(directory, "cache"));
    writeFileSync(join(directory, "cache", LOCK), JSON.stringify({ ...lock, sessionId: "gone", createdAt: 0 }));
    expect(await oneBuildAtATime(join(directory, "cache"), async () => "built")).to.equal("built");
  });

  it("leave no lock behind when one fails", async () => {
    const cache = join(directory, "cache");
    let failure: unknown;
    await oneBuildAtATime(cache, () => Promise.reject(new Error("broken"))).catch(
      (error: unknown) => (failure = error),
    );
    expect((failure as Error).message).to.equal("broken");
    expect(existsSync(join(cache, LOCK))).to.equal(false);
  });

  it("go on where no lock can be had", async () => {
    writeFileSync(join(directory, "file"), "");
    expect(await oneBuildAtATime(join(directory, "file"), async () => "built")).to.equal("built");
  });
});
