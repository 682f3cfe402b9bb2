import { expect } from "chai";

import type { GeneralisationOutcome } from "../../sim/experiment/generalisation/run-generalisation.ts";
import { configOf, runGeneralisation } from "../../sim/experiment/generalisation/run-generalisation.ts";
import { prepareReplicates, scoreReplicates } from "../../sim/experiment/generalisation/replicate.ts";
import { generalisationSchema } from "../../sim/results/generalisation.ts";
import { UserError } from "../../src/errors/user-error.ts";
import { smallScenario } from "./scored-scenario.ts";

const request = { scenario: smallScenario(), models: ["realised-vol", "smile-level"], replicates: 12, masterSeed: 3 };

describe("the generalisation experiment", function () {
  this.timeout(120_000);
  let outcome: GeneralisationOutcome;

  before(async () => {
    outcome = await runGeneralisation({ ...request, jobs: 1 });
  });

  it("gives the same result on one process as on two, in plain JSON", async () => {
    const two = await runGeneralisation({ ...request, jobs: 2 });
    expect(JSON.stringify(two)).to.equal(JSON.stringify(outcome));
    expect(JSON.parse(JSON.stringify(outcome))).to.deep.equal(outcome);
  });

  it("scores a replicate by its index alone, and differently under another master seed", () => {
    const config = configOf(request);
    const prepared = prepareReplicates(config);
    const many = scoreReplicates(config, prepared, 0, 4);
    expect(scoreReplicates(config, prepared, 3, 4)[0]).to.deep.equal(many[3]);
    const [other] = scoreReplicates({ ...config, masterSeed: 4 }, prepared, 3, 4);
    expect(other.levelRange).not.to.deep.equal(many[3].levelRange);
  });

  it("has no gap at severity 0, no error of the perfect model, and a truth that two transforms share", () => {
    const { generalisation } = outcome;
    expect(generalisation.severities).to.deep.equal([0, 0.5, 1]);
    for (const { gaps } of generalisation.models) {
      for (const { gap } of gaps.filter(({ severity }) => severity === 0)) {
        expect(gap).to.include({ median: 0, low: 0, high: 0, mean: 0 });
      }
    }
    const perfect = generalisation.models.find(({ name }) => name === "perfect")!;
    for (const { error } of perfect.gaps) expect(error).to.include({ median: 0, mean: 0 });
    expect(generalisation.controls.oracle!.verdict).to.equal("passed");
    expect(generalisation.controls.oracle!.maxErrorVp).to.be.below(1e-4);
  });

  it("fits the schema of results, with what the chain adds left empty", () => {
    const { generalisation } = outcome;
    expect(generalisationSchema.parse(generalisation)).to.deep.equal(generalisation);
    expect(generalisation.controls.p0).to.equal(null);
  });

  it("moves every known break by the exact amount, and finds no skill in shuffled targets", () => {
    const { knownBreak, permutation, leak } = outcome.generalisation.controls;
    expect(knownBreak!.maxDeviation).to.be.below(1e-6);
    expect(permutation!.verdict).to.not.equal("failed");
    expect(leak!.points.map(({ share }) => share)).to.deep.equal([0, 0.1, 0.5]);
  });

  it("counts fits that fail and keeps the others", async () => {
    const scenario = smallScenario();
    const short = { ...scenario, training: { ...scenario.training, days: 12 } };
    const changed = { ...request, scenario: short, models: ["realised-vol", "polynomial"], replicates: 6 };
    const error = await runGeneralisation(changed).then(
      () => undefined,
      (reason: unknown) => reason as Error,
    );
    expect(error).to.be.instanceOf(UserError);
    expect(error!.message).to.match(/polynomial.*could be fitted in 0 of 6 .*singular design/);
  });

  it("rejects with the reason when interrupted, on one process and on two", async () => {
    for (const jobs of [1, 2]) {
      const controller = new AbortController();
      const reason = new Error("interrupted");
      const onProgress = () => controller.abort(reason);
      const caught = await runGeneralisation({ ...request, jobs, signal: controller.signal, onProgress }).then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(caught).to.equal(reason);
    }
  });

  it("refuses an unknown model", async () => {
    const error = await runGeneralisation({ ...request, models: ["smile"] }).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(UserError);
  });
});
