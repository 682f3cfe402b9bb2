import { expect } from "chai";

import { testMoments } from "../../../sim/experiment/generalisation/moments.ts";
import { studySchema } from "../../../sim/results/study.ts";
import { frictionless } from "../../../sim/studies/vault/hedging/trading-costs.ts";
import { policySearch } from "../../../sim/studies/vault/policies.ts";
import {
  stageOf,
  vaultProfit,
  type Policy,
  type VaultTerms,
} from "../../../sim/studies/vault/policies/quoting-vault.ts";
import { agesBetween } from "../../../sim/studies/shared/streams.ts";
import { TruthPricers } from "../../../sim/world/truth-pricers.ts";
import { createRandom } from "../../../src/random/random.ts";
import { mean, standardDeviation } from "../../../src/statistics/moments.ts";
import { smallScenario } from "../../experiment/scored-scenario.ts";
import { offChainContext } from "../study-context.ts";

const scenario = smallScenario({ ages: agesBetween(-12 * 3600, 24 * 3600, 3600), replicates: 6 });
const pricers = new TruthPricers(scenario.calm, scenario.crash, scenario.process);
const stages = Array.from({ length: 60 }, (_, i) => {
  const random = createRandom(2, "test", i);
  return stageOf(testMoments(scenario, pricers, random, 0), pricers, random.fork("orders"));
});
const terms: VaultTerms = {
  nav: 1_000_000,
  vegaLimit: 4000,
  flow: { privateValue: 0.02, informed: 0.3 },
  costs: frictionless,
};
const policy: Policy = { halfSpread: 0.01, band: 0, size: 5 };

describe("a quoting vault", function () {
  this.timeout(30_000);
  const profits = (changes: Partial<Policy>, shift = 0, costs = frictionless) =>
    stages.map((stage) =>
      vaultProfit(
        stage,
        stage.trueVols.map((vols) => vols.map((vol) => vol + shift)),
        { ...policy, ...changes },
        { ...terms, costs },
      ),
    );
  const standardError = (values: readonly number[]) => standardDeviation(values) / Math.sqrt(values.length);

  it("that quotes the truth earns nothing without a spread and its spread with one", () => {
    const [none, some] = [profits({ halfSpread: 0 }), profits({})];
    // Without a spread a noise trader comes on each side every time, so that nothing is left in the book.
    for (const profit of none) expect(profit).to.be.closeTo(0, 1e-6);
    expect(mean(some)).to.be.greaterThan(3 * standardError(some));
  });

  it("loses to those who know when it quotes far off the truth", () => {
    for (const shift of [-0.1, 0.1]) {
      const off = profits({}, shift);
      expect(mean(off)).to.be.lessThan(-3 * standardError(off));
    }
  });

  it("pays for frictions, and does not trade beyond its size", () => {
    const dear = { swap: (units: number) => Math.abs(units), gas: () => 1 };
    const free = profits({});
    profits({}, 0, dear).forEach((profit, i) => expect(profit).to.be.lessThan(free[i]));
    for (const profit of profits({ size: 0 })) expect(profit).to.equal(0);
  });
});

describe("policies study", function () {
  this.timeout(60_000);

  it("answers in the schema, the same each time, and starts from the accurate model", async () => {
    const context = offChainContext(smallScenario({ severities: [0, 1], replicates: 6 }), ["constant", "realised-vol"]);
    const result = await policySearch.run(context);
    expect(studySchema.parse(JSON.parse(JSON.stringify(result)))).to.deep.equal(result);
    expect(await policySearch.run(context)).to.deep.equal(result);
    const [choices, models] = result.tables;
    const [first, second] = models.rows.map((row) => row[1] as number);
    expect(first).to.be.at.most(second);
    expect(choices.rows[0][1]).to.match(new RegExp(`^${models.rows[0][0]}, ±1 vp`));
  });
});
