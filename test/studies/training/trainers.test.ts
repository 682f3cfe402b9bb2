import { expect } from "chai";

import { studySchema } from "../../../sim/results/study.ts";
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
    const [median, mean] = result.charts;
    if (median.kind !== "lines" || mean.kind !== "lines") throw new Error("errors by poisoned trainers are lines");
    // realised-vol learns a window and nothing else, so that honest trainers hardly differ.
    const errors = median.series[0].points.map(({ y }) => y!);
    expect(errors[3]).to.be.closeTo(errors[0], 0.5);
    expect(errors[4]).to.be.greaterThan(errors[3] + 20);
    const means = mean.series[0].points.map(({ y }) => y!);
    expect(means[7]).to.be.closeTo(errors[7], 3);
    for (let i = 1; i <= 7; i++) expect(means[i]).to.be.greaterThan(means[i - 1]);
    expect(result.tables[0].rows[0][4]).to.equal("4 of 7");
  });
});
