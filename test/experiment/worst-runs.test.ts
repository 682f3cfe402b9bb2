import { expect } from "chai";

import type { JudgedRun } from "../../sim/experiment/finished-run.ts";
import { worstOfModels } from "../../sim/experiment/worst-runs.ts";
import { loadScenario } from "../../sim/scenarios/load-scenario.ts";

const shipped = loadScenario("vol-shock");
const scenario = { ...shipped, onChain: { ...shipped.onChain, models: ["ridge", "constant"] } };

/** As much of a judged run as tells the worst. */
function run(model: string, excessCost: number, changes: { seed?: number; feedback?: boolean } = {}): JudgedRun {
  const spec = { model, preset: "FULL", severity: 1, seed: 0, feedback: true, ...changes };
  return { summary: { spec, loss: excessCost }, excessCost } as unknown as JudgedRun;
}

describe("worstOfModels", () => {
  it("finds the costliest run of each model and the group that it is in, in the order of the models", () => {
    const groups = [
      [run("constant", 0.1), run("ridge", 0.3)],
      [run("constant", 0.2, { seed: 1 }), run("ridge", 0.2, { seed: 1 })],
    ];
    const worst = worstOfModels(groups, scenario);
    expect(worst.map(({ model, group }) => [model, group])).to.deep.equal([
      ["ridge", 0],
      ["constant", 1],
    ]);
    expect(worst[1].run).to.equal(groups[1][0]);
  });

  it("prefers the earlier seed among equals, whatever the order of the groups", () => {
    const groups = [[run("ridge", 0.3, { seed: 2 })], [run("ridge", 0.3, { seed: 1 })]];
    expect(worstOfModels(groups, scenario)[0].group).to.equal(1);
    expect(worstOfModels([...groups].reverse(), scenario)[0].group).to.equal(0);
  });

  it("leaves out runs beside the comparison, and models that never ran", () => {
    const groups = [[run("ridge", 0.9, { feedback: false }), run("ridge", 0.1)]];
    const worst = worstOfModels(groups, scenario);
    expect(worst).to.have.length(1);
    expect(worst[0].run.excessCost).to.equal(0.1);
  });
});
