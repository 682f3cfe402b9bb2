import { expect } from "chai";

import { studySchema, type StudyChart } from "../../../sim/results/study.ts";
import { trainers } from "../../../sim/studies/training/trainers.ts";
import { smallScenario } from "../../experiment/scored-scenario.ts";
import { offChainContext } from "../study-context.ts";

describe("trainers study", function () {
  this.timeout(30_000);

  it("shows that a median bears a minority of poison and no majority, where honest trainers agree", async () => {
    const context = offChainContext(smallScenario({ severities: [0, 1], replicates: 8 }), ["realised-vol", "constant"]);
    const result = await trainers.run(context);
    expect(studySchema.parse(JSON.parse(JSON.stringify(result)))).to.deep.equal(result);
    expect(await trainers.run(context)).to.deep.equal(result);
    const [median, mean, venues] = result.charts;
    // realised-vol learns a window and nothing else, so that honest trainers hardly differ.
    const errors = pointsOf(median, 0);
    expect(errors[3]).to.be.closeTo(errors[0], 0.5);
    expect(errors[4]).to.be.greaterThan(errors[3] + 20);
    const means = pointsOf(mean, 0);
    expect(means[7]).to.be.closeTo(errors[7], 3);
    for (let i = 1; i <= 7; i++) expect(means[i]).to.be.greaterThan(means[i - 1]);
    // No quote can mislead who reads no vol from it, but for the choice of a window; a constant is the venue's mean.
    expect(pointsOf(venues, 0)[7]).to.be.lessThan(errors[0] + 10);
    expect(pointsOf(venues, 1)[7]).to.be.greaterThan(pointsOf(venues, 1)[3] + 15);
    const [ofTrainers] = result.tables[0].rows;
    expect(ofTrainers.slice(0, 4)).to.deep.equal(["realised-vol, trainers", "2", "3", "4"]);
    expect(result.answer).to.contain("breaks at so many poisoned trainers: 4;");
  });
});

function pointsOf(chart: StudyChart, series: number): number[] {
  if (chart.kind !== "lines") throw new Error("errors by poisoned trainers are lines");
  return chart.series[series].points.map(({ y }) => y!);
}
