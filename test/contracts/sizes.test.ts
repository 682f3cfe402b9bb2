import { readFileSync, writeFileSync } from "node:fs";

import { expect } from "chai";
import hre from "hardhat";

/** Bytes; the chain's own limit is 24,576. */
const LIMIT = 20_000;
const SNAPSHOT = new URL("./sizes.json", import.meta.url);

/** @returns bytes of runtime code by contract, in the order of names */
async function sizes(): Promise<Record<string, number>> {
  const entries: [string, number][] = [];
  for (const name of await hre.artifacts.getAllFullyQualifiedNames()) {
    if (!name.startsWith("contracts/") || name.startsWith("contracts/mocks/")) continue;
    const { contractName, deployedBytecode } = await hre.artifacts.readArtifact(name);
    const bytes = (deployedBytecode.length - 2) / 2;
    // Interfaces have no code, internal libraries next to none.
    if (bytes > 100) entries.push([contractName, bytes]);
  }
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}

describe("sizes of contracts", () => {
  it("stay below 20,000 bytes", async () => {
    for (const [name, bytes] of Object.entries(await sizes())) expect(bytes, name).to.be.below(LIMIT);
  });

  it("are those of the committed snapshot, which UPDATE_SNAPSHOTS=1 renews", async () => {
    if (process.env.UPDATE_SNAPSHOTS) writeFileSync(SNAPSHOT, `${JSON.stringify(await sizes(), null, 2)}\n`);
    expect(await sizes()).to.deep.equal(JSON.parse(readFileSync(SNAPSHOT, "utf8")));
  });
});
