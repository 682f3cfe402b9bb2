import { expect } from "chai";

import { cellKey, isCompared, planRuns } from "../../sim/experiment/plan.ts";
import { loadScenario } from "../../sim/scenarios/load-scenario.ts";
import type { Scenario } from "../../sim/scenarios/scenario.ts";

/** One seed of `vol-shock`, with what is asked for besides. */
function asked(onChain: Partial<Scenario["onChain"]>): Scenario {
  const scenario = loadScenario("vol-shock");
  return { ...scenario, onChain: { ...scenario.onChain, seeds: 1, models: ["ridge"], ...onChain } };
}

const names = (scenario: Scenario) =>
  planRuns(scenario, 1).map(
    ({ model, rung, preset, severity, feedback }) => `${rung ?? model} ${preset} ${severity}${feedback ? "" : " off"}`,
  );

describe("plan of the runs on chain", () => {
  it("has perfect pricing and the models, feedback on, and nothing else by default", () => {
    const wanted = ["P0 OPEN 1", "ridge OPEN 1", "P0 FULL 1", "ridge FULL 1", "P0 FULL 0.5", "ridge FULL 0.5"];
    expect(names(asked({}))).to.deep.equal(wanted);
  });

  it("runs P1 and P2 without guards at every severity, and P3 under each preset", () => {
    expect(names(asked({ rungs: ["P1", "P2", "P3"] }))).to.deep.equal([
      ...["P0 OPEN 1", "ridge OPEN 1", "P1 OPEN 1", "P2 OPEN 1", "P3 OPEN 1", "P1 OPEN 0.5", "P2 OPEN 0.5"],
      ...["P0 FULL 1", "ridge FULL 1", "P3 FULL 1", "P0 FULL 0.5", "ridge FULL 0.5", "P3 FULL 0.5"],
    ]);
  });

  it("runs P1 under OPEN though no cell is", () => {
    const wanted = ["P1 OPEN 1", "P0 NAIVE 1", "ridge NAIVE 1"];
    expect(names(asked({ presets: ["NAIVE"], otherSeverities: [], rungs: ["P1"] }))).to.deep.equal(wanted);
  });

  it("runs the comparison once more without feedback, perfect pricing too, or in that arm only", () => {
    const cell = { presets: ["FULL"], otherSeverities: [] };
    const arms = ["P0 FULL 1", "ridge FULL 1", "P3 FULL 1", "P0 FULL 1 off", "ridge FULL 1 off"];
    expect(names(asked({ ...cell, feedback: "both", rungs: ["P3"] }))).to.deep.equal(arms);
    expect(names(asked({ ...cell, feedback: "off" }))).to.deep.equal(["P0 FULL 1 off", "ridge FULL 1 off"]);
  });

  it("counts no run in two cells, and to the comparison one arm without rungs", () => {
    for (const feedback of ["on", "off", "both"] as const) {
      const scenario = asked({ feedback, rungs: ["P1", "P2", "P3"] });
      const specs = planRuns(scenario, 1);
      expect(new Set(specs.map(cellKey)).size).to.equal(specs.length);
      expect(specs.filter((spec) => isCompared(spec, scenario))).to.have.length(6);
    }
  });
});
