import { expect } from "chai";

import { pricersOf, replicateRandom, trainingQuotes } from "../../../sim/experiment/generalisation/replicate.ts";
import { configOf } from "../../../sim/experiment/generalisation/run-generalisation.ts";
import { studySchema } from "../../../sim/results/study.ts";
import { poison, poisoning } from "../../../sim/studies/training/poisoning.ts";
import { createRandom } from "../../../src/random/random.ts";
import { smallScenario } from "../../experiment/scored-scenario.ts";
import { offChainContext } from "../study-context.ts";

const scenario = smallScenario({ severities: [0, 1], replicates: 6 });

describe("poisoned training quotes", () => {
  const config = configOf({ scenario, models: ["constant"], masterSeed: 1 });
  const quotes = trainingQuotes(config, pricersOf(config), replicateRandom(config, 0));
  const changed = (budget: number) => {
    const { target } = poison(quotes, budget, 0.5, createRandom(1, "poison"));
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
