import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** @returns version of the EDR package that Hardhat uses: its own client version string is not reliable */
export function edrVersion(): string {
  const fromHardhat = createRequire(createRequire(import.meta.url).resolve("hardhat"));
  // The package does not export its package.json, so it is read beside the entry point.
  const folder = dirname(fromHardhat.resolve("@nomicfoundation/edr"));
  return (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string }).version;
}
