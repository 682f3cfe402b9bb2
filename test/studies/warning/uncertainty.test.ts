import { expect } from "chai";

import { studySchema } from "../../../sim/results/study.ts";
import { uncertaintyOver } from "../../../sim/studies/warning/uncertainty.ts";
import { smallScenario } from "../../experiment/scored-scenario.ts";
import { offChainContext } from "../study-context.ts";

describe("uncertainty of a quote", function () {
  this.timeout(60_000);

  it("shows bands that fail under stress unless they adapt, and what adapting costs", async () => {
    const context = offChainContext(smallScenario({ severities: [0, 1] }), ["constant", "realised-vol", "smile-level"]);
    const study = uncertaintyOver(6);
    const result = await study.run(context);
    expect(studySchema.parse(JSON.parse(JSON.stringify(result)))).to.deep.equal(result);
    expect(await study.run(context)).to.deep.equal(result);
    const [, split, sliding, adaptive, roc] = result.charts.map((chart) => {
      if (chart.kind !== "lines") throw new Error("lines expected");
      return chart;
    });
    const constant = (chart: typeof split) => chart.series[0].points.map(({ y }) => y!);
    expect(constant(split)[1]).to.be.lessThan(0.5).and.lessThan(constant(split)[0]);
    expect(constant(sliding)[1]).to.be.greaterThan(constant(split)[1]);
    // The adaptive level keeps its promise whatever comes, by whole lines if it must.
    for (const share of constant(adaptive)) expect(share).to.be.within(0.85, 0.99);
    const rows = result.tables[0].rows.filter(([model]) => model === "constant");
    const [calmWidth, stressWidth, infinite] = [3, 6, 7].map((column) => rows[3][column] as number);
    expect(stressWidth).to.be.greaterThan(calmWidth);
    expect(infinite).to.be.greaterThan(0);
    // Nine tenths of 48 scores and one are no more than 48: a sliding band is never a whole line.
    expect([rows[2][4], rows[2][7]]).to.deep.equal([0, 0]);
    expect(result.answer).to.match(/adaptive conformal \d+ % \[.*\] \(mean finite width \d+ vp, \d+ % infinite/);
    expect(roc.series.map(({ name }) => name)).to.deep.equal(["disagreement", "distance"]);
  });

  it("says that two models cannot be said to disagree", async () => {
    const context = offChainContext(smallScenario({ severities: [0, 1] }), ["constant", "realised-vol"]);
    const { charts, notes } = await uncertaintyOver(6).run(context);
    expect(charts).to.have.length(4);
    expect(notes.join(" ")).to.contain("Fewer than three models");
  });
});
