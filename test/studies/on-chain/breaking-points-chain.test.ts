import { expect } from "chai";

import { studySchema } from "../../../sim/results/study.ts";
import { breakingPointsChain } from "../../../sim/studies/on-chain/breaking-points-chain.ts";
import { smallChainContext } from "./small-chain-context.ts";

describe("breaking points on chain", function () {
  this.timeout(120_000);

  it("brackets the severity at which the cost passes its limit within a sixteenth, and counts its runs", async () => {
    const result = await breakingPointsChain.run(smallChainContext("smile-level", ["FULL"], { excessCost: 0.001 }));
    expect(studySchema.parse(JSON.parse(JSON.stringify(result)))).to.deep.equal(result);
    const [distribution] = result.charts;
    if (distribution.kind !== "lines") throw new Error("a distribution is lines");
    const [{ name, points }] = distribution.series;
    expect(name).to.equal("smile-level, FULL");
    const broken = points.findIndex(({ y }) => y === 1);
    expect(points.map(({ y }) => y)).to.deep.equal(points.map((_, i) => (i >= broken ? 1 : 0)));
    expect(broken).to.be.greaterThan(0);
    // Two severities, then four halvings, of perfect pricing and the model.
    expect(result.notes[0]).to.match(/^12 chain runs/);
    expect(Number(result.tables[0].rows[0][2])).to.be.closeTo(points[broken].x - 1 / 32, 0.006);
    expect(result.answer).to.match(/With FULL alone no preset is compared/);
  });

  it("finds the same in two processes as in this one, and compares presets where there are two", async () => {
    const context = smallChainContext("smile-level", ["OPEN", "FULL"], { excessCost: 0.9, drawdown: 0.9 });
    const here = await breakingPointsChain.run(context);
    const steps: number[][] = [];
    const advance = (...step: number[]) => steps.push(step);
    expect(await breakingPointsChain.run({ ...context, jobs: 2, advance })).to.deep.equal(here);
    expect(steps).to.deep.equal(Array.from({ length: 8 }, (_, i) => [i + 1, 8]));
    expect(here.answer).to.match(/under OPEN smile-level > 1; under FULL smile-level > 1/);
    expect(here.answer).to.match(/not shown: for smile-level FULL breaks later on none of 1 seed\./);
    const [, presets] = here.tables;
    expect(presets.rows).to.deep.equal([
      ["smile-level", "FULL against OPEN", 0, 0, 0, 1, "unknown", 1, 1, "not shown"],
    ]);
  });
});
