import { expect } from "chai";

import { testMomentsByDesign } from "../../../sim/experiment/generalisation/moments.ts";
import { studySchema } from "../../../sim/results/study.ts";
import { jumps } from "../../../sim/studies/shift/jumps.ts";
import { TruthPricers } from "../../../sim/world/truth-pricers.ts";
import { UserError } from "../../../src/errors/user-error.ts";
import { createRandom } from "../../../src/random/random.ts";
import { smallScenario } from "../../experiment/scored-scenario.ts";
import { offChainContext } from "../study-context.ts";

describe("jumps study", function () {
  this.timeout(60_000);
  const scenario = smallScenario({ severities: [0, 1], replicates: 30 });

  it("finds that a jump costs a hedged short book, and prints both conditions and their weighted mean", async () => {
    const context = offChainContext(scenario, ["realised-vol"]);
    const result = await jumps.run(context);
    expect(studySchema.parse(JSON.parse(JSON.stringify(result)))).to.deep.equal(result);
    const [losses] = result.charts;
    if (losses.kind !== "bars") throw new Error("losses are bars");
    const value = (name: string) => losses.bars.find((bar) => bar.name === name)!.value!;
    for (const model of ["realised-vol", "true model"]) {
      expect(value(`${model}, jump`), model).to.be.greaterThan(value(`${model}, none`) + 50);
      const row = result.tables[0].rows.find(([name]) => name === model)!;
      const weighted = Number.parseFloat(String(row[3]).replace("−", "-"));
      // So few paths jump by nature that the mean is nearly that of the others.
      expect(Math.abs(weighted - value(`${model}, none`))).to.be.lessThan(Math.abs(weighted - value(`${model}, jump`)));
    }
    expect(await jumps.run(context)).to.deep.equal(result);
  });

  it("weighs paths so that they count for one on average", () => {
    const pricers = new TruthPricers(scenario.calm, scenario.crash, scenario.process);
    const watched = { ...scenario, scoring: { ...scenario.scoring, ages: [7_200, 10_800] } };
    const paths = Array.from({ length: 200 }, (_, i) =>
      testMomentsByDesign(watched, pricers, createRandom(2, i), 1, 0.5),
    );
    const jumped = paths.filter(({ jump }) => jump.hasJump);
    expect(jumped.length / paths.length).to.be.closeTo(0.5, 0.15);
    // An hour at 15 jumps a year.
    expect(0.5 * jumped[0].jump.weight).to.be.closeTo(-Math.expm1(-15 / 8760), 1e-9);
    const weight = (has: boolean) => paths.find(({ jump }) => jump.hasJump === has)!.jump.weight;
    expect(0.5 * (weight(true) + weight(false))).to.be.closeTo(1, 1e-12);
  });

  it("refuses a world without jumps, and an age within the ramp", async () => {
    const refusal = async (changed: typeof scenario) => {
      const error: unknown = await jumps.run(offChainContext(changed, ["realised-vol"])).catch((reason) => reason);
      expect(error).to.be.instanceOf(UserError);
      return (error as UserError).message;
    };
    expect(await refusal({ ...scenario, process: "gbm" })).to.match(/no jumps/);
    expect(await refusal({ ...scenario, profile: { ...scenario.profile, ramp: 172_800 } })).to.match(/ramp/);
  });
});
