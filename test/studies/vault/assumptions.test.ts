import { expect } from "chai";

import { studySchema } from "../../../sim/results/study.ts";
import { loadScenario } from "../../../sim/scenarios/load-scenario.ts";
import { assumptionsOver } from "../../../sim/studies/vault/assumptions.ts";
import { assumptions, BelievingVault } from "../../../sim/studies/vault/assumptions/believing-vault.ts";
import { createRandom } from "../../../src/random/random.ts";
import { mean, standardDeviation } from "../../../src/statistics/moments.ts";
import { shapleyValues } from "../../../src/statistics/shapley.ts";
import { offChainContext } from "../study-context.ts";

const scenario = loadScenario("vol-shock");
const [trading, vol, tails, frictions] = assumptions.map((_, i) => 1 << i);
const all = 2 ** assumptions.length - 1;

function profitsOf(severity: number, paths: number, world = scenario): Float64Array[] {
  const vault = new BelievingVault(world, severity);
  return Array.from({ length: paths }, (_, i) => vault.profits(createRandom(5, "test", i)));
}

describe("a vault that believes in Black–Scholes", function () {
  this.timeout(30_000);
  const stressed = profitsOf(1, 60);
  const column = (violated: number) => stressed.map((profits) => profits[violated]);

  it("earns nothing and risks next to nothing in the world that it believes in", () => {
    const profits = column(0);
    const deviation = standardDeviation(profits);
    expect(Math.abs(mean(profits))).to.be.lessThan((3 * deviation) / Math.sqrt(profits.length));
    // Five basis points of its million of NAV.
    expect(deviation).to.be.lessThan(500);
  });

  it("lives in the same world at any severity as long as vol and tails hold", () => {
    const [calm] = profitsOf(0, 1);
    for (const violated of [0, trading, frictions, trading | frictions])
      expect(calm[violated]).to.equal(stressed[0][violated]);
    expect(calm[vol]).to.not.equal(stressed[0][vol]);
    expect(calm[tails]).to.not.equal(stressed[0][tails]);
  });

  it("pays for frictions on every path", () => {
    for (const profits of stressed)
      for (let violated = 0; violated <= all; violated++)
        if ((violated & frictions) === 0) expect(profits[violated | frictions]).to.be.lessThan(profits[violated]);
  });

  it("risks more when it hedges less often", () => {
    expect(standardDeviation(column(trading))).to.be.greaterThan(standardDeviation(column(0)));
  });

  it("has its loss shared by Shapley values to the last digit", () => {
    for (const profits of stressed.slice(0, 5)) {
      const shares = shapleyValues(assumptions.length, (violated) => profits[0] - profits[violated]);
      expect(shares.reduce((sum, share) => sum + share, 0)).to.be.closeTo(profits[0] - profits[all], 1e-6);
    }
  });
});

describe("assumptions study", function () {
  this.timeout(30_000);

  it("answers in the schema, the same each time", async () => {
    const context = offChainContext(scenario, []);
    const result = await assumptionsOver(20).run(context);
    expect(studySchema.parse(JSON.parse(JSON.stringify(result)))).to.deep.equal(result);
    expect(await assumptionsOver(20).run(context)).to.deep.equal(result);
    expect(result.tables.map(({ rows }) => rows.length)).to.deep.equal([7, 7, 10]);
  });
});
