import { expect } from "chai";

import { studySchema } from "../../../sim/results/study.ts";
import { loadScenario } from "../../../sim/scenarios/load-scenario.ts";
import type { Scenario } from "../../../sim/scenarios/scenario.ts";
import { hedgingOver } from "../../../sim/studies/vault/hedging.ts";
import { bookPath } from "../../../sim/studies/vault/hedging/book-path.ts";
import { explainProfit, explanationTerms } from "../../../sim/studies/vault/hedging/explain-profit.ts";
import { runHedge } from "../../../sim/studies/vault/hedging/hedge.ts";
import { listedBook } from "../../../sim/studies/vault/hedging/listed-book.ts";
import { hedgingStrategies } from "../../../sim/studies/vault/hedging/strategies.ts";
import { frictionless, poolCosts } from "../../../sim/studies/vault/hedging/trading-costs.ts";
import { TruthPricers } from "../../../sim/world/truth-pricers.ts";
import { createRandom } from "../../../src/random/random.ts";
import { mean, standardDeviation } from "../../../src/statistics/moments.ts";
import { offChainContext } from "../study-context.ts";

const scenario = loadScenario("vol-shock");

function pathsOf(world: Scenario, severity: number, count: number) {
  const pricers = new TruthPricers(world.calm, world.crash, world.process);
  const options = [
    ...listedBook(world),
    { contracts: 0, isCall: false, strike: world.spot, expiry: world.listing.expiries[2] },
  ];
  return Array.from({ length: count }, (_, i) =>
    bookPath(world, pricers, createRandom(3, "test", i), severity, options, 1800),
  );
}

const book = listedBook(scenario).map(({ contracts }) => contracts);
const [slow, fast] = hedgingStrategies(scenario);

describe("hedging study", function () {
  this.timeout(30_000);

  it("has under geometric Brownian motion no mean P&L, and less risk the shorter the interval, as theory says", () => {
    const world = { ...scenario, process: "gbm" as const };
    const paths = pathsOf(world, 0, 120);
    const profits = [slow, fast].map((strategy) =>
      paths.map((states) => runHedge(strategy, states, book, frictionless).profit),
    );
    for (const each of profits)
      expect(Math.abs(mean(each))).to.be.lessThan((3 * standardDeviation(each)) / Math.sqrt(each.length));
    // Boyle & Emanuel (1980): the error's deviation goes as the root of the interval, 2 here; with Γ² ~ 1/τ up to an
    // expiry at the money the logarithm of the number of hedges comes in as well: √(4 ln 20 / ln 80) = 1.65.
    expect(standardDeviation(profits[0]) / standardDeviation(profits[1])).to.be.within(1.25, 2.2);
  });

  it("explains P&L by terms that sum to the change of the book's value", () => {
    for (const states of pathsOf(scenario, 1, 3)) {
      const { smooth, jumps } = explainProfit(states, book);
      const sum = explanationTerms.reduce((total, term) => total + smooth[term] + jumps[term], 0);
      const valueOf = (place: number) => book.reduce((total, n, i) => total + n * states[place].options[i].price, 0);
      expect(sum).to.be.closeTo(valueOf(states.length - 1) - valueOf(0), 1e-6);
      // The scenario's fall is a jump in all but name.
      expect(Math.abs(jumps.gamma)).to.be.greaterThan(0);
    }
  });

  it("charges at least the pool's fee, more for a larger trade, and gas by the slice", () => {
    const costs = poolCosts(scenario);
    for (const units of [-100, -1, 1, 100]) {
      const share = costs.swap(units, 2000) / (Math.abs(units) * 2000);
      expect(share).to.be.within(0.00299, 0.0082);
    }
    expect(costs.swap(12, 2000)).to.be.greaterThan(12 * costs.swap(1, 2000));
    expect(costs.swap(0, 2000) + costs.gas(0, 2000)).to.equal(0);
    // 300,000 gas at 10 gwei are 0.003 ETH.
    expect(costs.gas(12, 2000)).to.be.closeTo(6, 1e-9);
    expect(costs.gas(13, 2000)).to.be.closeTo(12, 1e-9);
  });

  it("answers in the schema, the same each time", async () => {
    const context = offChainContext(scenario, []);
    const result = await hedgingOver(20).run(context);
    expect(studySchema.parse(JSON.parse(JSON.stringify(result)))).to.deep.equal(result);
    expect(await hedgingOver(20).run(context)).to.deep.equal(result);
    const [calm, stress, explained] = result.tables.map(({ rows }) => rows.length);
    expect([calm, stress]).to.deep.equal([7, 7]);
    // Mean and deviation of each severity's steps, with those of jumps apart where there were any.
    expect(explained).to.be.within(6, 8);
  });
});
