import { expect } from "chai";

import { studySchema } from "../../../sim/results/study.ts";
import { truthAxes } from "../../../sim/studies/shift/truth-axes.ts";
import { truthAxes as axesOf } from "../../../sim/studies/shift/truth-axes/truth-axes-list.ts";
import { smallScenario } from "../../experiment/scored-scenario.ts";
import { offChainContext } from "../study-context.ts";

describe("axes of the truth", function () {
  this.timeout(30_000);
  const scenario = smallScenario({ severities: [0, 1], replicates: 8 });

  it("move one parameter each, and at last all as the scenario has them", () => {
    const axes = axesOf(scenario);
    expect(axes.map(({ name }) => name)).to.deep.equal([
      "variance level",
      "vol of vol",
      "correlation",
      "jump intensity",
      "jump mean",
      "jump sd",
      "grafted move",
      "all together",
    ]);
    const fields = Object.keys(scenario.calm) as (keyof typeof scenario.calm)[];
    const moved = axes.map(({ scenario: { crash } }) =>
      fields.filter((field) => crash[field] !== scenario.calm[field]),
    );
    expect(moved.slice(0, 3)).to.deep.equal([["v0", "theta"], ["volOfVol"], ["rho"]]);
    expect(moved[6]).to.deep.equal([]);
    expect(axes.at(-1)!.scenario).to.equal(scenario);
  });

  it("leave out what the process has not", () => {
    const names = axesOf({ ...scenario, process: "gbm", graft: [] }).map(({ name }) => name);
    expect(names).to.deep.equal(["variance level", "all together"]);
  });

  it("give no gap where nothing moves, and a constant its gap by the level", async () => {
    const context = offChainContext(scenario, ["constant", "realised-vol"]);
    const result = await truthAxes.run(context);
    expect(studySchema.parse(JSON.parse(JSON.stringify(result)))).to.deep.equal(result);
    const [chart] = result.charts;
    if (chart.kind !== "heat") throw new Error("models × axes is a heat map");
    const at = (axis: string) => chart.values[0][chart.columns.names.indexOf(axis)]!;
    expect(at("variance level")).to.be.greaterThan(10);
    expect(Math.abs(at("correlation"))).to.be.lessThan(at("variance level") / 4);
    const still = { ...scenario, crash: scenario.calm, graft: [] };
    const [none] = (await truthAxes.run({ ...context, scenario: still })).charts;
    if (none.kind !== "heat") throw new Error("models × axes is a heat map");
    expect(none.columns.names).to.deep.equal(["all together"]);
    expect(none.values).to.deep.equal([[0], [0]]);
  });
});
