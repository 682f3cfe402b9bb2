import { PassThrough } from "node:stream";

import { expect } from "chai";

import { progressLines } from "../../sim/report/progress.ts";

describe("progress", () => {
  it("is one line a phase in a pipe, with its seconds and what was done", () => {
    const stream = new PassThrough();
    let now = 0;
    const { on, stop } = progressLines(stream, false, () => now);
    on({ kind: "started", phase: "chain", total: 4 });
    for (let done = 1; done <= 4; done++) on({ kind: "advanced", phase: "chain", done, total: 4 });
    now = 12.4;
    on({ kind: "finished", phase: "chain", detail: "4 runs, 384 blocks" });
    stop();
    expect(String(stream.read())).to.equal("  run on chain         done  12 s  4 runs, 384 blocks\n");
  });

  it("tells of each study by its name", () => {
    const stream = new PassThrough();
    const { on } = progressLines(stream, false, () => 0);
    for (const part of ["transfer", "uncertainty-on-chain"]) {
      on({ kind: "started", phase: "studies", part, total: undefined });
      on({ kind: "advanced", phase: "studies", part, done: 1, total: 2 });
      on({ kind: "finished", phase: "studies", part, detail: "" });
    }
    expect(String(stream.read())).to.equal(
      "  study transfer       done   0 s\n  study uncertainty-on-chain done   0 s\n",
    );
  });
});
