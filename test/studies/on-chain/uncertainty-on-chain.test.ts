import { expect } from "chai";
import hre, { network } from "hardhat";

import { studySchema, type StudyResult } from "../../../sim/results/study.ts";
import { loadScenario } from "../../../sim/scenarios/load-scenario.ts";
import { protocolDurations } from "../../../sim/scenarios/protocol-durations.ts";
import { scaledUncertainty } from "../../../sim/studies/on-chain/uncertainty-on-chain/scaled-uncertainty.ts";
import { uncertaintyOnChain, uncertaintyOnChainBy } from "../../../sim/studies/on-chain/uncertainty-on-chain.ts";
import { pricersOf, trainingQuotes } from "../../../sim/experiment/generalisation/replicate.ts";
import { configOf } from "../../../sim/experiment/generalisation/run-generalisation.ts";
import { UserError } from "../../../src/errors/user-error.ts";
import { modelByName } from "../../../src/models/models.ts";
import { createRandom } from "../../../src/random/random.ts";
import { smallScenario } from "../../experiment/scored-scenario.ts";
import type { StudyContext } from "../../../sim/studies/study.ts";
import { offChainContext } from "../study-context.ts";

describe("uncertainty on chain", function () {
  this.timeout(120_000);
  let inThisProcess: Promise<StudyResult>;
  before(() => {
    inThisProcess = uncertaintyOnChainBy([]).run(smallContext());
  });

  it("scales what a model says of its certainty and nothing of its vols", () => {
    const config = configOf({ scenario: smallScenario(), masterSeed: 1 });
    const calm = trainingQuotes(config, pricersOf(config), createRandom(1));
    const base = modelByName("smile-level").fit(calm, createRandom(2));
    const { typical } = base.trainedOn;
    const own = base.predict(typical);
    expect(own.sd).to.be.greaterThan(0);
    for (const factor of [0, 1, 3]) {
      const { vol, sd } = scaledUncertainty(base, factor).predict(typical);
      expect(vol).to.equal(own.vol);
      expect(sd).to.be.closeTo(factor * own.sd, 1e-12);
    }
    expect(scaledUncertainty(base, 1e9).predict(typical).sd).to.equal(base.domain[1]);
  });

  it("widens the contract's spread by what is posted, so that fewer trades are filled", async () => {
    const result = await inThisProcess;
    expect(studySchema.parse(JSON.parse(JSON.stringify(result)))).to.deep.equal(result);
    for (const { rows } of result.tables) {
      expect(rows.map(([arm]) => arm)).to.deep.equal([
        "smile-level, sd × 0",
        "smile-level, sd × 1",
        "smile-level, sd × 3",
      ]);
      const filled = rows.map((row) => Number(row[5]));
      expect(filled[2]).to.be.lessThan(filled[0]);
    }
    expect(result.answer).to.match(/too few for an interval/);
  });

  it("bounds sizes by the deviation too, and leaves the spread alone, where that is its way", async () => {
    const { tables } = await uncertaintyOnChainBy(["no way", "size"]).run(smallContext());
    const [{ head, rows }] = tables.filter((_, i) => i % 2 === 1);
    const column = (name: string) => rows.map((row) => Number(row[head.indexOf(name)]));
    const [none, size] = column("largest opening, USD of vega a vp");
    expect(size).to.be.below(none);
    const spreads = column("half-spread traded at, vp");
    expect(spreads[1]).to.be.closeTo(spreads[0], 1);
  });

  it("finds the same in two processes as in this one, and says how far it is", async () => {
    const steps: number[][] = [];
    const advance = (...step: number[]) => steps.push(step);
    const there = await uncertaintyOnChainBy([]).run({ ...smallContext(), jobs: 2, advance });
    expect(there).to.deep.equal(await inThisProcess);
    expect(steps).to.deep.equal(Array.from({ length: 8 }, (_, i) => [i + 1, 8]));
  });

  it("gives up its processes when it is interrupted", async () => {
    const abort = new AbortController();
    const running = uncertaintyOnChain.run({ ...smallContext(), jobs: 2, signal: abort.signal });
    abort.abort(new Error("interrupted"));
    const error: unknown = await running.catch((reason: unknown) => reason);
    expect(error).to.equal(abort.signal.reason);
  });

  it("refuses a preset that does not charge for uncertainty", async () => {
    const scenario = loadScenario("vol-shock");
    const naive = { ...scenario, onChain: { ...scenario.onChain, presets: ["NAIVE"] } };
    const error: unknown = await uncertaintyOnChain
      .run(offChainContext(naive, ["smile-level"]))
      .catch((reason) => reason);
    expect(error).to.be.instanceOf(UserError);
    expect((error as Error).message).to.match(/NAIVE lacks the defence uncertaintyPremium/);
  });
});

/** A run of few blocks on one seed, on this process's network, or in processes that open the project. */
function smallContext(): StudyContext {
  const whole = loadScenario("vol-shock");
  const scenario = {
    ...whole,
    clock: { ...whole.clock, blocks: 16, dense: [], coarse: Object.keys(protocolDurations) },
    onChain: { ...whole.onChain, seeds: 1 },
  };
  const { artifacts, config } = hre;
  const project = { config: config.paths.config!, root: config.paths.root };
  return { ...offChainContext(scenario, ["realised-vol", "smile-level"]), hardhat: { network, artifacts, project } };
}
