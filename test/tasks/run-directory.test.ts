import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { UserError } from "../../src/errors/user-error.ts";
import { chooseRunDirectory, writeRunDirectory } from "../../sim/tasks/run-directory.ts";

describe("run directory", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "regimebreak-"));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it("is written whole, with directories made on the way and nothing left beside it", () => {
    const directory = join(root, "runs", "calm-1");
    writeRunDirectory(directory, [
      { path: "results.json", text: "{}" },
      { path: "bundles/one.json", text: "1" },
    ]);
    expect(readdirSync(join(root, "runs"))).to.deep.equal(["calm-1"]);
    expect(readFileSync(join(directory, "bundles/one.json"), "utf8")).to.equal("1");
  });

  it("is not there at all when a file cannot be written", () => {
    const directory = join(root, "run");
    const files = [
      { path: "a", text: "" },
      { path: "a/b", text: "below a file" },
    ];
    expect(() => writeRunDirectory(directory, files)).to.throw(UserError, "cannot be written");
    expect(readdirSync(root)).to.deep.equal([]);
  });

  it("never takes the place of earlier results", () => {
    const directory = join(root, "run");
    mkdirSync(directory);
    expect(chooseRunDirectory(directory, "calm", 1)).to.equal(directory);
    writeFileSync(join(directory, "results.json"), "{}");
    expect(() => chooseRunDirectory(directory, "calm", 1)).to.throw(UserError, "--out: ");
  });

  it("is refused below a file and in the place of one, before anything is created", () => {
    writeFileSync(join(root, "file"), "");
    expect(() => chooseRunDirectory(join(root, "file"), "calm", 1)).to.throw(UserError, "is a file");
    expect(() => chooseRunDirectory(join(root, "file", "run"), "calm", 1)).to.throw(UserError, "is a file");
    expect(readdirSync(root)).to.deep.equal(["file"]);
  });

  it("takes the next free number when none was asked for", () => {
    const before = process.cwd();
    process.chdir(root);
    try {
      expect(chooseRunDirectory(undefined, "calm", 1)).to.equal(join("runs", "calm-1"));
      mkdirSync(join("runs", "calm-1"), { recursive: true });
      expect(chooseRunDirectory(undefined, "calm", 1)).to.equal(join("runs", "calm-1-2"));
    } finally {
      process.chdir(before);
    }
  });
});
