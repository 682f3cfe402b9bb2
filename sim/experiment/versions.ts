import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { edrVersion } from "../../src/chain/engine-package.ts";

const require = createRequire(import.meta.url);

/** Versions that a result depends on: equal ones give equal results, bit for bit. */
export function versions(): { version: string; node: string; v8: string; hardhat: string; edr: string } {
  return {
    version: versionIn(new URL("../../package.json", import.meta.url)),
    node: process.versions.node,
    v8: process.versions.v8,
    hardhat: versionIn(require.resolve("hardhat/package.json")),
    edr: edrVersion(),
  };
}

function versionIn(file: string | URL): string {
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
