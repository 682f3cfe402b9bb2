import { expect } from "chai";

import { pricersOf, replicateRandom, trainingQuotes } from "../../../sim/experiment/generalisation/replicate.ts";
import { configOf } from "../../../sim/experiment/generalisation/run-generalisation.ts";
import { trainingText } from "../../../sim/report/verdict.ts";
import type { Poison } from "../../../sim/scenarios/scenario.ts";
import { studySchema } from "../../../sim/results/study.ts";
import { poisonedQuotes } from "../../../sim/experiment/generalisation/poisoned-quotes.ts";
import { poisoning } from "../../../sim/studies/training/poisoning.ts";
import { createRandom } from "../../../src/random/random.ts";
import { smallScenario } from "../../experiment/scored-scenario.ts";
import { offChainContext } from "../study-context.ts";

const scenario = smallScenario({ severities: [0, 1], replicates: 6 });

describe("poisoned training quotes", () => {
  const config = configOf({ scenario, models: ["constant"], masterSeed: 1 });
  const quotes = trainingQuotes(config, pricersOf(config), replicateRandom(config, 0));
  const changed = (budget: number) => {
    const poison = { share: budget, shift: 0.5, on: "wings" } as const;
    const { target } = poisonedQuotes(quotes, poison, createRandom(1, "poison"));
    return Array.from(target.keys()).filter((row) => target[row] !== quotes.target[row]);
  };

  it("are the stated share, and a larger budget owns what a smaller one does", () => {
    const [small, large] = [changed(0.05), changed(0.2)];
    expect(small.length).to.equal(Math.round(0.05 * quotes.target.length));
    expect(large).to.include.members(small);
    expect(changed(0)).to.deep.equal([]);
  });

  it("lie away from the money as long as there are such", () => {
    for (const row of changed(0.05)) expect(quotes.features.logMoneyness[row]).to.not.be.closeTo(0, 1e-3);
  });
});

describe("poisoned training of a scenario", () => {
  const poisonedWith = (poison: Poison | undefined) => {
    const changed = { ...scenario, training: { ...scenario.training, poison } };
    const config = configOf({ scenario: changed, models: ["constant"], masterSeed: 1 });
    return trainingQuotes(config, pricersOf(config), replicateRandom(config, 0));
  };
  const honest = poisonedWith(undefined);

  it("lowers the stated share of the quotes by the shift, and leaves the rest and the truth alone", () => {
    const { target, clean } = poisonedWith({ share: 0.2, shift: -0.1, on: "wings" });
    const moved = Array.from(target.keys()).filter((row) => target[row] !== honest.target[row]);
    expect(moved.length).to.equal(Math.round(0.2 * target.length));
    for (const row of moved) expect(target[row]).to.be.closeTo(honest.target[row] - 0.1, 1e-12);
    expect(clean).to.deep.equal(honest.clean);
  });

  it("takes the quotes of its side first, and lets no vol fall below a hundredth", () => {
    const { target, features } = poisonedWith({ share: 0.3, shift: -5, on: "downside" });
    for (const [row, vol] of target.entries()) {
      if (vol === honest.target[row]) continue;
      expect(vol).to.equal(0.01);
      expect(features.logMoneyness[row]).to.be.lessThan(0);
    }
  });

  it("is said in the verdict", () => {
    const text = (poison: { share: number; shift: number } | null) =>
      trainingText({ days: 60, quotes: 2700, levelRange: [0.4, 0.6], moneynessRange: [-2, 2], poison });
    expect(text(null)).to.equal("60 calm days");
    expect(text({ share: 0.2, shift: -0.3 })).to.equal(
      "60 calm days, 20 % of whose quotes an adversary lowered by 30 vol points,",
    );
  });
});

describe("poisoning study", function () {
  this.timeout(30_000);

  it("moves a constant by the budget times the size, and nothing without a budget", async () => {
    const context = offChainContext(scenario, ["constant"]);
    const result = await poisoning.run(context);
    expect(studySchema.parse(JSON.parse(JSON.stringify(result)))).to.deep.equal(result);
    expect(await poisoning.run(context)).to.deep.equal(result);
    const [raised] = result.charts;
    if (raised.kind !== "lines") throw new Error("distances by budget are lines");
    for (const { x, y } of raised.series[0].points) expect(y).to.be.closeTo(0.5 * x, 0.02);
  });
});
