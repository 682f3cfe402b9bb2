"use strict";
/*
 * Hardhat 3 needs Node >= 22.13, and npm on an older Node leaves out EDR's native package because
 * of its `engines` field. On such a machine this fetches both into the node_modules that hold Hardhat:
 * this package's own, or those of the project that depends on it. npm scripts and `npx hardhat` pick
 * up `node_modules/.bin/node` there first. On a recent Node it does nothing.
 */
const { execFileSync } = require("node:child_process");
const { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } = require("node:fs");
const { dirname, join } = require("node:path");

const NEEDED = [22, 13];
const NODE_PACKAGE = "node@24";
const SCOPE = "@nomicfoundation";
const packageRoot = dirname(__dirname);

function isRecentEnough(version) {
  const [major, minor] = version.split(".").map(Number);
  return major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1]);
}

function isMusl() {
  return process.platform === "linux" && !process.report.getReport().header.glibcVersionRuntime;
}

/** The node_modules folder in which Node, looking from this package, finds EDR. */
function folderOfEdr() {
  for (let directory = packageRoot; ; directory = dirname(directory)) {
    const folder = join(directory, "node_modules");
    if (existsSync(join(folder, SCOPE, "edr", "package.json"))) return folder;
    if (directory === dirname(directory)) return undefined;
  }
}

/** EDR's native package for this machine, with the version that EDR asks for. */
function nativePackage(folder) {
  if (folder === undefined) return undefined;
  const manifest = readFileSync(join(folder, SCOPE, "edr", "package.json"), "utf8");
  const { version, dependencies, optionalDependencies } = JSON.parse(manifest);
  const suffix = { linux: isMusl() ? "-musl" : "-gnu", win32: "-msvc" }[process.platform] ?? "";
  const name = `edr-${process.platform}-${process.arch}${suffix}`;
  const known = { ...dependencies, ...optionalDependencies };
  return known[`${SCOPE}/${name}`] === undefined ? undefined : { name, spec: `${SCOPE}/${name}@${version}` };
}

function npmInstall(directory, ...packages) {
  execFileSync(
    process.platform === "win32" ? "npm.cmd" : "npm",
    ["install", "--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--force", ...packages],
    { cwd: directory, stdio: "inherit", shell: process.platform === "win32" },
  );
}

/**
 * Into a project that depends on this package. npm is still at work there and would take what it does not know for
 * superfluous, so both are fetched aside and put in their places.
 */
function placeInProject(folder, native) {
  const aside = join(folder, ".regimebreak-node");
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside, { recursive: true });
  npmInstall(aside, "--prefix", aside, NODE_PACKAGE, native.spec);
  // EDR loads the library from beside its own code first; a package of its own would not outlive the next install.
  const source = join(aside, "node_modules", SCOPE, native.name);
  const { main } = JSON.parse(readFileSync(join(source, "package.json"), "utf8"));
  copyFileSync(join(source, main), join(folder, SCOPE, "edr", main));
  const link = join(folder, ".bin", "node");
  mkdirSync(dirname(link), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(join("..", ".regimebreak-node", "node_modules", "node", "bin", "node"), link);
}

function ensureNode() {
  if (isRecentEnough(process.versions.node)) return;
  const tooOld = `regimebreak: Node ${process.versions.node} is too old for Hardhat 3`;
  const folder = folderOfEdr();
  const native = nativePackage(folder);
  const isDependency = folder !== join(packageRoot, "node_modules");
  if (native === undefined || (isDependency && process.platform === "win32")) {
    console.error(`${tooOld}, and this script cannot fetch another here; use Node >= ${NEEDED.join(".")}`);
    process.exitCode = 1;
    return;
  }
  console.log(`${tooOld}; fetching ${NODE_PACKAGE}`);
  if (isDependency) placeInProject(folder, native);
  else npmInstall(packageRoot, NODE_PACKAGE, native.spec);
}

ensureNode();
