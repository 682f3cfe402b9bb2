"use strict";
/*
 * Hardhat 3 needs Node >= 22.13, and npm on an older Node leaves out EDR's native package because
 * of its `engines` field. On such a machine this fetches both into node_modules, from where npm
 * scripts and `npx hardhat` pick up `node_modules/.bin/node` first. On a recent Node it does nothing.
 */
const { execFileSync } = require("node:child_process");
const { existsSync, readFileSync } = require("node:fs");
const { join } = require("node:path");

const NEEDED = [22, 13];
const NODE_PACKAGE = "node@24";

function isRecentEnough(version) {
  const [major, minor] = version.split(".").map(Number);
  return major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1]);
}

function isMusl() {
  return process.platform === "linux" && !process.report.getReport().header.glibcVersionRuntime;
}

function edrPlatformPackage() {
  const manifestPath = join(process.cwd(), "node_modules/@nomicfoundation/edr/package.json");
  if (!existsSync(manifestPath)) return undefined;
  const { version, dependencies, optionalDependencies } = JSON.parse(readFileSync(manifestPath, "utf8"));
  const suffix = { linux: isMusl() ? "-musl" : "-gnu", win32: "-msvc" }[process.platform] ?? "";
  const name = `@nomicfoundation/edr-${process.platform}-${process.arch}${suffix}`;
  const known = { ...dependencies, ...optionalDependencies };
  return known[name] === undefined ? undefined : `${name}@${version}`;
}

if (!isRecentEnough(process.versions.node)) {
  const edr = edrPlatformPackage();
  if (edr === undefined) {
    console.error(`regimebreak: no EDR build for ${process.platform}-${process.arch}; use Node >= ${NEEDED.join(".")}`);
    process.exit(1);
  }
  console.log(`regimebreak: Node ${process.versions.node} is too old for Hardhat 3; fetching ${NODE_PACKAGE}`);
  execFileSync(
    process.platform === "win32" ? "npm.cmd" : "npm",
    ["install", "--no-save", "--no-audit", "--no-fund", "--force", NODE_PACKAGE, edr],
    { stdio: "inherit", shell: process.platform === "win32" },
  );
}
