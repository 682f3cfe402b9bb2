import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";

import { expect } from "chai";

import { UserError } from "../../src/errors/user-error.ts";
import type { ExperimentRequest, RunExperiment } from "../../sim/experiment/request.ts";
import { resultsSchema } from "../../sim/results/results.ts";
import { runSim } from "../../sim/tasks/run-sim.ts";
import type { SimArguments } from "../../sim/tasks/sim-options.ts";
import { resultsFixture } from "../report/results-fixture.ts";

const fixture: RunExperiment = async (_, on) => {
  on({ kind: "started", phase: "chain", total: 1 });
  on({ kind: "finished", phase: "chain", detail: "1 run" });
  const bundles = [{ name: "polynomial-1-3.json", json: "{}" }];
  return { results: resultsFixture(), bundles, tables: [{ name: "replicates.csv", csv: "replicate\n0\n" }] };
};

describe("sim", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "regimebreak-"));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  async function run(given: SimArguments, experiment: RunExperiment = fixture) {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const streams = { stdout, stderr } as unknown as Parameters<typeof runSim>[2];
    const code = await runSim({ out: join(root, "run"), ...given }, experiment, streams);
    return { code, stdout: String(stdout.read() ?? ""), stderr: String(stderr.read() ?? "") };
  }

  it("writes results, report, tables and bundles, and prints the verdict", async () => {
    const { code, stdout } = await run({});
    expect(code).to.equal(0);
    const written = ["results.json", "report.html", "replicates.csv", "bundles"];
    expect(readdirSync(join(root, "run"))).to.have.members(written);
    resultsSchema.parse(JSON.parse(readFileSync(join(root, "run", "results.json"), "utf8")));
    expect(stdout).to.match(/^regimebreak {2}vol-shock .*\n\n {2}run on chain +done .*\n\nTrained on 60 calm days/);
  });

  it("prints nothing but JSON on stdout when asked for JSON", async () => {
    const { stdout, stderr } = await run({ json: true, failIf: "loss.mean > 1" });
    const output = JSON.parse(stdout) as { results: unknown; failIf: { broken: unknown[] } };
    resultsSchema.parse(output.results);
    expect(output.failIf.broken).to.deep.equal([]);
    expect(stderr).to.contain("What does that cost the vault?");
  });

  it("exits 1 when --fail-if is true for a model, naming it, and 0 when it held", async () => {
    const broke = await run({ failIf: "loss.mean > 0.2" });
    expect(broke.code).to.equal(1);
    expect(broke.stdout).to.contain('broke: "loss.mean > 0.2" is true for polynomial OPEN 1');
    const held = await run({ failIf: "loss.mean > 0.9", out: join(root, "other") });
    expect(held.code).to.equal(0);
  });

  it("lets no gate pass that could not be judged", async () => {
    const few: RunExperiment = async () => ({ results: resultsFixture({ seeds: 3 }), bundles: [], tables: [] });
    let thrown: unknown;
    await run({ failIf: "loss.upper95 > 0.1" }, few).catch((error: unknown) => (thrown = error));
    expect(thrown).to.be.instanceOf(UserError);
    expect((thrown as UserError).message).to.contain("has no value in any");
  });

  it("compares with an earlier run", async () => {
    await run({});
    const { stdout } = await run({ baseline: join(root, "run"), out: join(root, "next") });
    expect(stdout).to.match(/What changed\?.*\n {2}Nothing: all \d+ paired numbers are equal/);
  });

  it("refuses a baseline that is none, before anything runs", async () => {
    let ran = false;
    const experiment: RunExperiment = (request, on) => {
      ran = true;
      return fixture(request, on);
    };
    let thrown: unknown;
    await run({ baseline: join(root, "none") }, experiment).catch((error: unknown) => (thrown = error));
    expect((thrown as UserError).message).to.match(/--baseline: .*none does not exist/);
    expect(ran).to.equal(false);
  });

  it("writes nothing when the experiment fails", async () => {
    const failing: RunExperiment = () => Promise.reject(new Error("chain died"));
    let thrown: unknown;
    await run({}, failing).catch((error: unknown) => (thrown = error));
    expect((thrown as Error).message).to.equal("chain died");
    expect(existsSync(join(root, "run"))).to.equal(false);
    expect(readdirSync(root)).to.deep.equal([]);
  });

  it("runs and writes nothing on --dry-run, and says how much there is", async () => {
    const never: RunExperiment = () => Promise.reject(new Error("ran"));
    const { code, stdout } = await run({ dryRun: true, seeds: "8" }, never);
    expect(code).to.equal(0);
    // 8 seeds × (3 models + perfect) × (2 presets at 1 + FULL at 0.5) = 96 runs of 96 blocks.
    expect(stdout).to.contain("96 runs: 8 seeds");
    expect(stdout).to.contain("9,216 blocks");
    expect(readdirSync(root)).to.deep.equal([]);
  });

  it("counts rungs and the arm without feedback on --dry-run", async () => {
    const never: RunExperiment = () => Promise.reject(new Error("ran"));
    const { stdout } = await run({ dryRun: true, seeds: "8", rungs: "P1,P2,P3", feedback: "both" }, never);
    // Both arms of the 96, P1 and P2 under OPEN at 1 and 0.5, P3 in each of 3 cells; 8 seeds.
    expect(stdout).to.contain(`${2 * 96 + 8 * (2 * 2 + 3)} runs: 8 seeds`);
    expect(stdout).to.contain("perfect pricing at P1, P2 and P3 and all but the rungs once more without feedback");
  });

  it("hands the experiment what was asked for", async () => {
    let seen: ExperimentRequest | undefined;
    await run({ seed: "7", models: "ridge", jobs: "3" }, (request, on) => {
      seen = request;
      return fixture(request, on);
    });
    expect(seen!.masterSeed).to.equal(7);
    expect(seen!.jobs).to.equal(3);
    expect(seen!.scenario.onChain.models).to.deep.equal(["ridge"]);
  });
});
