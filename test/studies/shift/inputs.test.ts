import { expect } from "chai";

import { studySchema } from "../../../sim/results/study.ts";
import { inputs } from "../../../sim/studies/shift/inputs.ts";
import { smallScenario } from "../../experiment/scored-scenario.ts";
import { offChainContext } from "../study-context.ts";

describe("inputs study", function () {
  this.timeout(30_000);

  it("adds nothing where a model does not look, next to nothing by a small tick, and much by a day before the onset", async () => {
    const context = offChainContext(smallScenario({ severities: [0, 1], replicates: 8 }), ["constant", "realised-vol"]);
    const result = await inputs.run(context);
    expect(studySchema.parse(JSON.parse(JSON.stringify(result)))).to.deep.equal(result);
    expect(await inputs.run(context)).to.deep.equal(result);
    const [calm, stress] = result.charts;
    if (calm.kind !== "heat" || stress.kind !== "heat") throw new Error("added errors are heat maps");
    const at = (chart: typeof calm, degradation: string, model: number) =>
      chart.values[chart.rows.names.indexOf(degradation)][model]!;
    for (const name of calm.rows.names.filter((row) => !row.startsWith("vol tick")))
      for (const chart of [calm, stress]) expect(at(chart, name, 0), name).to.equal(0);
    for (const model of [0, 1]) expect(Math.abs(at(calm, "vol tick 0.1 vp", model))).to.be.lessThan(0.05);
    expect(calm.rows.names).to.not.include("no orderFlow");
    expect(result.notes.at(-1)).to.contain("no orderFlow");
    // A day before it was a day after the onset, the feed had seen calm alone.
    expect(at(stress, "24 h late", 1)).to.be.greaterThan(10);
  });

  it("takes away what each model reads: it stands in for that by its own rule, or the calm median does", async () => {
    const context = offChainContext(smallScenario({ severities: [0, 1], replicates: 8 }), ["garch", "bayesian-linear"]);
    const { charts } = await inputs.run(context);
    const stress = charts[1];
    if (stress.kind !== "heat") throw new Error("added errors are heat maps");
    const row = (degradation: string) => stress.values[stress.rows.names.indexOf(degradation)];
    expect(row("no returns")[0]).to.be.greaterThan(10);
    expect(row("no returns")[1]).to.equal(0);
    expect(row("no longVol")[0]).to.equal(0);
    expect(row("no longVol")[1]).to.not.equal(0);
  });
});
