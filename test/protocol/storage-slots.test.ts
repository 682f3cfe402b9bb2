import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { expect } from "chai";
import hre from "hardhat";

import { LAYOUT } from "../../src/protocol/read/storage-slots.ts";

interface StorageLayout {
  readonly storage: readonly { readonly label: string; readonly slot: string; readonly type: string }[];
  readonly types: Readonly<Record<string, { readonly members?: StorageLayout["storage"] }>> | null;
}

/** Tables of all contracts by name, from the compiler itself: it needs no code for them, so this is quick. */
async function storageLayouts(): Promise<ReadonlyMap<string, StorageLayout>> {
  const names = [...(await hre.artifacts.getAllFullyQualifiedNames())].filter((name) => name.startsWith("contracts/"));
  const builds = new Map<string, string[]>();
  for (const name of names) {
    const id = (await hre.artifacts.getBuildInfoId(name))!;
    builds.set(id, [...(builds.get(id) ?? []), name]);
  }
  const solc = createRequire(import.meta.url)("solc") as { compile(input: string): string };
  const layouts = new Map<string, StorageLayout>();
  for (const [id, built] of builds) {
    const path = await hre.artifacts.getBuildInfoPath(id);
    const { input } = JSON.parse(readFileSync(path!, "utf8")) as { input: { sources: unknown; settings: object } };
    const { remappings } = input.settings as { remappings?: unknown };
    const settings = { remappings, outputSelection: { "*": { "*": ["storageLayout"] } } };
    const output = JSON.parse(solc.compile(JSON.stringify({ ...input, settings }))) as {
      contracts: Record<string, Record<string, { storageLayout: StorageLayout }>>;
    };
    // A build also compiles what its contracts import, which may have changed since.
    for (const fullName of built) {
      const [source, name] = fullName.split(":");
      layouts.set(name, output.contracts[`project/${source}`][name].storageLayout);
    }
  }
  return layouts;
}

/** Slot of a variable, or of a member of a struct as in `_book.totals`. */
function slotOf({ storage, types }: StorageLayout, path: string): bigint | undefined {
  const [label, member] = path.split(".");
  const variable = storage.find((entry) => entry.label === label);
  if (variable === undefined || member === undefined) return variable && BigInt(variable.slot);
  const inner = types?.[variable.type].members?.find((entry) => entry.label === member);
  return inner && BigInt(variable.slot) + BigInt(inner.slot);
}

describe("LAYOUT", () => {
  it("has each variable where the compiler puts it", async function () {
    // One compilation for each build that the artifacts come from: one after a fresh install, several after changes.
    this.timeout(120_000);
    const layouts = await storageLayouts();
    for (const [contract, variables] of Object.entries(LAYOUT)) {
      for (const [path, slot] of Object.entries(variables)) {
        expect(slotOf(layouts.get(contract)!, path), `${contract} ${path}`).to.equal(slot);
      }
    }
  });
});
