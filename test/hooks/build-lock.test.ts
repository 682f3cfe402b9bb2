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

function build(directory: string): Promise<{ readonly code: number; readonly output: string }> {
  return new Promise((resolve) => {
    const options = { cwd: directory, env: { ...process.env, CI: "1" } };
    execFile(process.execPath, [hardhat, "build"], options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr }),
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

  it("that start at once both succeed, and the second finds the work done", async () => {
    const builds = await Promise.all([build(directory), build(directory), build(directory)]);
    for (const { code, output } of builds) expect(code, output).to.equal(0);
    expect(builds.filter(({ output }) => output.includes("Compiled 1 Solidity file"))).to.have.length(1);
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
