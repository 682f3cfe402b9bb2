import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { format } from "node:util";

import { expect } from "chai";

const root = join(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/library.md"), "utf8");
const blocks = Array.from(page.matchAll(/```ts\n([\s\S]*?)```/g), ([, code]) => code);

/** What each line with `console.log` says that it prints. */
function promised(code: string): string[] {
  return code.split("\n").flatMap((line) => /^console\.log\(.*\); \/\/ (.*)$/.exec(line)?.slice(1) ?? []);
}

async function printed(code: string): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "regimebreak-docs-"));
  const log = console.log;
  const lines: string[] = [];
  try {
    // The package's own name stands for this tree, as an installed package resolves it.
    const source = code.replace(/"regimebreak\/src\/([^"]+)"/g, (_, path: string) =>
      JSON.stringify(pathToFileURL(join(root, "src", `${path}.ts`)).href),
    );
    const file = join(folder, "example.mts");
    writeFileSync(file, source);
    console.log = (...values: unknown[]) => void lines.push(format(...values));
    await import(pathToFileURL(file).href);
  } finally {
    console.log = log;
    rmSync(folder, { recursive: true });
  }
  return lines;
}

describe("docs/library.md", () => {
  it("has examples", () => {
    expect(blocks.length).to.be.at.least(8);
  });

  blocks.forEach((code, i) => {
    it(`prints in example ${i + 1} what it says`, async () => {
      const lines = promised(code);
      expect(lines.length, "lines that print").to.equal(code.match(/console\.log/g)?.length);
      expect(await printed(code)).to.deep.equal(lines);
    });
  });

  it("names only modules that there are", () => {
    for (const folder of ["pricing", "processes", "statistics"]) {
      const table = page.slice(page.indexOf(`Module in \`src/${folder}\``));
      const rows = table.slice(0, table.indexOf("\n\n")).split("\n").slice(2);
      for (const row of rows) {
        for (const [, name] of row.split("|")[1].matchAll(/`([\w-]+)`/g)) {
          expect(existsSync(join(root, "src", folder, `${name}.ts`)), `${folder}/${name}`).to.equal(true);
        }
      }
    }
  });
});
