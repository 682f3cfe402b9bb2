import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Hash, Hex } from "viem";

/** What is used of the engine's package beside the chain itself. */
interface EnginePackage {
  readonly keccak256: (data: Uint8Array) => Uint8Array;
}

const ENGINE = "@nomicfoundation/edr";

/** The package that Hardhat uses: another one would be another engine. */
const fromHardhat = createRequire(createRequire(import.meta.url).resolve("hardhat"));

/** @returns version of the EDR package that Hardhat uses: its own client version string is not reliable */
export function edrVersion(): string {
  // The package does not export its package.json, so it is read beside the entry point.
  const folder = dirname(fromHardhat.resolve(ENGINE));
  return (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string }).version;
}

let native: EnginePackage | undefined;

/** Keccak hash by the engine's own code: a bundle hashes megabytes, which take JavaScript seconds. */
export function engineKeccak(data: Hex): Hash {
  native ??= fromHardhat(ENGINE) as EnginePackage;
  return `0x${Buffer.from(native.keccak256(Buffer.from(data.slice(2), "hex"))).toString("hex")}`;
}
