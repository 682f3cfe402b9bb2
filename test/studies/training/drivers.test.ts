import { expect } from "chai";

import { pricersOf, trainingQuotes } from "../../../sim/experiment/generalisation/replicate.ts";
import { configOf } from "../../../sim/experiment/generalisation/run-generalisation.ts";
import { studySchema } from "../../../sim/results/study.ts";
import { DriverDesign, driverFits } from "../../../sim/studies/training/drivers/driver-fits.ts";
import { drivers, EFFECT, effectAt, withDrivers } from "../../../sim/studies/training/drivers/driver-world.ts";
import { driversOver } from "../../../sim/studies/training/drivers.ts";
import { LEARNED_INPUTS } from "../../../src/models/learned-inputs.ts";
import {
  driverContributions,
  fitLearned,
  learnedFits,
  learnedVols,
} from "../../../sim/studies/training/drivers/learned-drivers.ts";
import { createRandom } from "../../../src/random/random.ts";
import { smallScenario } from "../../experiment/scored-scenario.ts";
import { offChainContext } from "../study-context.ts";

describe("drivers study", function () {
  this.timeout(60_000);
  const scenario = smallScenario({ severities: [0, 1], replicates: 8 });
  const config = configOf({ scenario, models: [], severities: [0, 1], masterSeed: 1 });
  const market = trainingQuotes(config, pricersOf(config), createRandom(3, "market"));

  it("moves vols by its drivers' states, as its kinds say, on the same states at every severity", () => {
    expect(drivers.map(({ kind }) => effectAt(kind, 1) / EFFECT)).to.deep.equal([1, 1, 0, -1, 0, 0]);
    expect(drivers.map(({ kind }) => effectAt(kind, 0) / EFFECT)).to.deep.equal([1, 1, 1, 1, 0, 0]);
    const [calm, stress] = [0, 1].map((severity) => withDrivers(market, severity, createRandom(4)));
    const row = market.clean.length - 1;
    const state = (quotes: typeof calm) => [
      quotes.features.orderFlow[row] / 0.1,
      (quotes.features.utilisation[row] - 0.5) / 0.1,
      quotes.features.rateDifferential[row] / 0.02,
      (Math.log1p(quotes.features.baseFee[row]) - 3) / 0.5,
    ];
    const [flow, used, rate, fee] = state(calm);
    state(stress).forEach((one, d) => expect(one).to.be.closeTo(2 * state(calm)[d], 1e-9));
    expect(calm.clean[row] - market.clean[row]).to.be.closeTo(EFFECT * (flow + used + rate + fee), 1e-12);
    expect(stress.clean[row] - market.clean[row]).to.be.closeTo(EFFECT * 2 * (flow + used - fee), 1e-12);
  });

  it("explains a fit by contributions that sum to its vols, and leaves an input out entirely", () => {
    const quotes = withDrivers(market, 0, createRandom(5));
    const design = new DriverDesign(quotes);
    for (const name of driverFits) {
      const coefficients = design.fit(name);
      const vols = design.vols(coefficients, quotes.features);
      const shares = design.contributions(coefficients);
      for (let row = 0; row < vols.length; row += 37) {
        const sum = shares.subarray(row * LEARNED_INPUTS, (row + 1) * LEARNED_INPUTS).reduce((a, b) => a + b, 0);
        expect(coefficients[0] + sum).to.be.closeTo(vols[row], 1e-9);
      }
      for (const { input } of drivers) {
        expect(design.meanContributions(design.fit(name, input))[input]).to.equal(0);
      }
    }
  });

  it("explains any vols as it does a polynomial's in closed form, and nothing by what a learned model never saw", () => {
    const quotes = withDrivers(market, 0, createRandom(5));
    const design = new DriverDesign(quotes);
    const coefficients = design.fit("lasso");
    const sampled = driverContributions((at) => design.vols(coefficients, at), quotes);
    const whole = design.meanContributions(coefficients);
    // The same quantity, of thirty quotes and of all.
    drivers.forEach(({ input }, d) => expect(sampled[d]).to.be.closeTo(whole[input], 0.012));
    for (const name of learnedFits) {
      const fitted = fitLearned(name, quotes, createRandom(6, name), 0);
      const contributions = driverContributions((at) => learnedVols(fitted, quotes, at, 0), quotes);
      expect(contributions[0]).to.equal(0);
      expect(contributions[1]).to.be.greaterThan(0);
    }
  });

  it("answers with fewer terms and fewer noise drivers for the lasso than for least squares, the same every time", async () => {
    const context = offChainContext(scenario, []);
    const study = driversOver(6, 1);
    const result = await study.run(context);
    expect(studySchema.parse(JSON.parse(JSON.stringify(result)))).to.deep.equal(result);
    expect(await study.run(context)).to.deep.equal(result);
    const [selection] = result.tables;
    const row = (name: string) => selection.rows.find(([fit]) => fit === name)!;
    expect(row("lasso")[5]).to.be.lessThan(Number(row("least squares")[5]));
    expect(selection.rows.map(([fit]) => fit)).to.include.members([...driverFits, ...learnedFits]);
    const noise = (name: string) => Number.parseInt(String(row(name)[4]));
    expect(noise("lasso")).to.be.lessThan(noise("least squares"));
  });
});
