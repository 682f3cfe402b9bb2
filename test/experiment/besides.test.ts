import { expect } from "chai";

import { amplificationOf } from "../../sim/experiment/amplification.ts";
import type { JudgedRun } from "../../sim/experiment/finished-run.ts";
import { judgeRuns } from "../../sim/experiment/judge.ts";
import { ladderOf } from "../../sim/experiment/ladder.ts";
import { planRuns } from "../../sim/experiment/plan.ts";
import { loadScenario } from "../../sim/scenarios/load-scenario.ts";
import type { RunSpec } from "../../sim/engine/run-record.ts";
import type { Scenario } from "../../sim/scenarios/scenario.ts";

function asked(onChain: Partial<Scenario["onChain"]>): Scenario {
  const scenario = loadScenario("vol-shock");
  const small = { seeds: 6, models: ["ridge"], presets: ["FULL"], otherSeverities: [] };
  return { ...scenario, onChain: { ...scenario.onChain, ...small, ...onChain } };
}

/** Runs of a plan whose error (vol points) and loss (share of NAV) are said, judged. */
function runs(
  scenario: Scenario,
  numbers: (spec: RunSpec) => { readonly error: number; readonly loss: number },
): JudgedRun[] {
  const finished = planRuns(scenario, 1).map((spec) => {
    const { error, loss } = numbers(spec);
    const values = Float64Array.of(1, 1 - loss);
    return { summary: { spec, loss, values, quotes: { effective: error }, breaks: [] } } as unknown as JudgedRun;
  });
  return judgeRuns(finished, scenario.breaks);
}

describe("ladder from the truth to a model's quote", () => {
  const errors = { P0: 0, P1: 2, P2: 3, P3: 2.5 };
  const error = ({ rung, seed }: RunSpec) => ({ error: (rung === undefined ? 10 : errors[rung]) + seed / 10, loss: 0 });

  it("sums, step by step, to the model's error", () => {
    const scenario = asked({ rungs: ["P1", "P2", "P3"] });
    const [{ rungs, models }] = ladderOf(runs(scenario, error), scenario);
    expect(rungs.map(({ rung, preset }) => `${rung} ${preset}`)).to.deep.equal([
      "P0 FULL",
      "P1 OPEN",
      "P2 OPEN",
      "P3 FULL",
    ]);
    expect(rungs.map(({ stepVp }) => stepVp?.mean ?? null)).to.deep.equal([null, 2, 1, -0.5]);
    const steps = rungs.reduce((sum, { stepVp }) => sum + (stepVp?.mean ?? 0), rungs[0].errorVp.mean!);
    expect(steps + models[0].beyondVp.mean!).to.be.closeTo(models[0].errorVp.mean!, 1e-12);
  });

  it("pairs by seed: what all runs of a seed share leaves no width", () => {
    const scenario = asked({ rungs: ["P3"] });
    const [{ rungs, models }] = ladderOf(runs(scenario, error), scenario);
    expect(rungs[1].stepVp!.high! - rungs[1].stepVp!.low!).to.be.closeTo(0, 1e-9);
    expect(models[0].beyondVp.high! - models[0].beyondVp.low!).to.be.closeTo(0, 1e-9);
    expect(rungs[1].errorVp.high! - rungs[1].errorVp.low!).to.be.greaterThan(0.1);
  });

  it("spans the rungs that did not run, and is empty without any", () => {
    const scenario = asked({ rungs: ["P3"] });
    expect(ladderOf(runs(scenario, error), scenario)[0].rungs.map(({ stepVp }) => stepVp?.mean)).to.deep.equal([
      undefined,
      2.5,
    ]);
    expect(ladderOf(runs(asked({}), error), asked({}))).to.deep.equal([]);
  });

  it("has no cost beyond P0 where no P0 ran, and one where it did", () => {
    const scenario = asked({ rungs: ["P1", "P3"] });
    const [{ rungs }] = ladderOf(
      runs(scenario, ({ rung }) => ({ error: 1, loss: rung === "P3" ? 0.07 : 0.02 })),
      scenario,
    );
    expect(rungs[1].excessCost).to.equal(null);
    expect(rungs[2].excessCost!.mean).to.be.closeTo(0.05, 1e-12);
  });
});

describe("amplification by feedback", () => {
  const loss = ({ model, feedback, seed }: RunSpec) => ({
    error: feedback ? 5 : 4,
    loss: (model === "perfect" ? 0.1 : 0.15) + (feedback ? (model === "perfect" ? 0.02 : 0.05) : 0) + seed / 100,
  });

  it("is the loss with feedback less the loss without, of the same seed", () => {
    const [perfect, ridge] = amplificationOf(runs(asked({ feedback: "both" }), loss));
    expect(perfect.loss.mean).to.be.closeTo(0.02, 1e-12);
    expect(perfect.excessCost).to.equal(null);
    expect(ridge.loss.mean).to.be.closeTo(0.05, 1e-12);
    expect(ridge.loss.high! - ridge.loss.low!).to.be.closeTo(0, 1e-9);
    expect(ridge.errorWithoutVp.mean).to.equal(4);
  });

  it("holds each model against perfect pricing of its own arm", () => {
    const [, ridge] = amplificationOf(runs(asked({ feedback: "both" }), loss));
    expect(ridge.excessCostWithout!.mean).to.be.closeTo(0.05, 1e-12);
    expect(ridge.excessCost!.mean).to.be.closeTo(0.03, 1e-12);
  });

  it("is unknown with one arm", () => {
    expect(amplificationOf(runs(asked({}), loss))).to.deep.equal([]);
    expect(amplificationOf(runs(asked({ feedback: "off" }), loss))).to.deep.equal([]);
  });
});
