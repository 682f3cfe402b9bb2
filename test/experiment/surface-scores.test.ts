import { expect } from "chai";

import { PriceErrors } from "../../sim/experiment/generalisation/price-errors.ts";
import type { MarketQuotes } from "../../sim/experiment/generalisation/quotes.ts";
import type { ReplicateErrors } from "../../sim/experiment/generalisation/replicate.ts";
import { replicateTable } from "../../sim/experiment/generalisation/replicate-table.ts";
import { configOf } from "../../sim/experiment/generalisation/run-generalisation.ts";
import { surfaceArbitrage } from "../../sim/experiment/generalisation/surface-arbitrage.ts";
import { createFeatureTable } from "../../src/models/feature-pipeline.ts";
import type { MomentFeatures } from "../../src/models/feature-pipeline.ts";
import type { FeatureTable, FittedModel } from "../../src/models/pricing-model.ts";
import { blackPrice } from "../../src/pricing/black-scholes.ts";
import { smallScenario } from "./scored-scenario.ts";

/** A model that quotes what the function says. */
function quoting(vol: (at: FeatureTable, row: number) => number): FittedModel {
  const rawMany = (at: FeatureTable) => Float64Array.from({ length: at.count }, (_, row) => vol(at, row));
  return { domain: [0.01, 10], rawMany } as unknown as FittedModel;
}

const moment = { surfaceLevel: 0.6 } as unknown as MomentFeatures;

describe("arbitrage in a model's surface", () => {
  it("is none in a flat one", () => {
    const found = surfaceArbitrage(
      quoting(() => 0.6),
      moment,
      [1, 7, 30],
    );
    for (const { violations, worstBp } of Object.values(found)) expect([violations, worstBp]).to.deep.equal([0, 0]);
    // Three tenors of 49 strikes.
    expect(found.bounds.checked).to.equal(147);
    expect(found.vertical.checked).to.equal(144);
    expect(found.butterfly.checked).to.equal(141);
  });

  it("is calendar arbitrage alone where total variance falls with the tenor", () => {
    const found = surfaceArbitrage(
      quoting((at, row) => (at.years[row] < 0.05 ? 1.2 : 0.3)),
      moment,
      [14, 30],
    );
    expect(found.calendar.violations).to.be.above(0);
    expect([found.bounds, found.vertical, found.butterfly].map(({ violations }) => violations)).to.deep.equal([
      0, 0, 0,
    ]);
    // At the money both sides are exact but for the linear interpolation between strikes, which only adds.
    const years = [14 / 365, 30 / 365];
    const worst = 1e4 * (blackPrice(true, 1, 1, years[0], 1.2) - blackPrice(true, 1, 1, years[1], 0.3));
    expect(found.calendar.worstBp).to.be.closeTo(worst, 0.05 * worst);
  });

  it("is vertical and butterfly arbitrage where one strike is dear", () => {
    const found = surfaceArbitrage(
      quoting((_, row) => (row === 30 ? 1.5 : 0.6)),
      moment,
      [30],
    );
    expect(found.butterfly.violations).to.be.above(0);
    // The price rises to it, and falls from it by more than the strike rises.
    expect(found.vertical.violations).to.equal(2);
    expect(found.calendar).to.deep.equal({ checked: 0, violations: 0, worstBp: 0 });
  });
});

describe("price errors", () => {
  const features = createFeatureTable(3);
  features.years.fill(0.25);
  const quotes = {
    features,
    trueLogMoneyness: Float64Array.of(0, Math.log(1.1), 0),
    clean: Float64Array.of(0.5, 0.5, Number.NaN),
    vega: Float64Array.of(3, 1, 0),
  } as unknown as MarketQuotes;

  it("are means of absolute differences of Black prices in basis points of spot, weighted by vega: two quotes by hand", () => {
    const error = (strike: number, vol: number) =>
      Math.abs(blackPrice(true, 1, strike, 0.25, vol) - blackPrice(true, 1, strike, 0.25, 0.5));
    const expected = (1e4 * (3 * error(1, 0.6) + error(1.1, 0.4))) / 4;
    const raw = Float64Array.of(0.6, 0.4, 7);
    expect(new PriceErrors(quotes).over(raw, [0.01, 10], 0, 3)).to.be.closeTo(expected, 1e-9);
    // Near the money a vol point of a three-month option is about 20 bp.
    expect(new PriceErrors(quotes).over(Float64Array.of(0.51, 0.5, 1), [0.01, 10], 0, 1)).to.be.within(19, 21);
  });

  it("are those after the domain, and none without any vega", () => {
    const clamped = new PriceErrors(quotes).over(Float64Array.of(-3, -3, 1), [0.5, 10], 0, 2);
    expect(clamped).to.equal(0);
    expect(new PriceErrors(quotes).over(Float64Array.of(1, 1, 1), [0.01, 10], 2, 3)).to.equal(0);
  });
});

describe("the table of all replicates", () => {
  const config = configOf({ scenario: smallScenario(), models: ["constant"], masterSeed: 5 });
  const errors = {
    ...{ rmse: 1.234567, mae: 1, rawRmse: 2, rawMae: 2, logRmse: 0.1, bias: -1, outOfDomain: 0.25, failed: 0 },
    ...{ exploitableByBuyers: 0, exploitableBySellers: 0, missedBuyers: 0, missedSellers: 0 },
  };
  const cells = [{ listed: errors, standardised: errors, priceBp: 12.5 }];
  const one = {
    fitNoisy: 1,
    fitClean: 1,
    calm: cells,
    placebo: cells,
    stress: [cells, cells, cells],
    primaryErrors: [],
  };
  const replicates = [
    {
      index: 7,
      levelRange: [0.4, 0.6],
      models: { constant: one, 'a "model", mine': { failure: "singular, design" } },
      oracleDifference: null,
      distances: [],
    },
  ] as unknown as ReplicateErrors[];
  const lines = replicateTable(config, replicates).trimEnd().split("\n");

  it("has a line for each path, age and design, severity 0 being the calm path, each with every column", () => {
    expect(lines[0]).to.match(/^replicate,model,path,severity,age_s,design,rmse_vp,.*,price_error_bp$/);
    expect(lines.slice(1, 3)).to.deep.equal([
      "7,constant,calm,0,86400,listed,1.2346,1,2,2,0.1,-1,0.25,0,12.5",
      "7,constant,calm,0,86400,standardised,1.2346,1,2,2,0.1,-1,0.25,0,",
    ]);
    expect(lines.filter((line) => line.startsWith("7,constant,")).map((line) => line.split(",")[3])).to.deep.equal([
      "0",
      "0",
      "0",
      "0",
      "0.5",
      "0.5",
      "1",
      "1",
    ]);
    const columns = lines[0].split(",").length;
    for (const line of lines.slice(0, -1)) expect(line.split(",")).to.have.length(columns);
  });

  it("says which fits failed, and quotes a name that needs it", () => {
    expect(lines.at(-1)).to.match(/^7,"a ""model"", mine",failed,+$/);
    expect(
      lines
        .at(-1)!
        .replace(/"[^m]*model.*mine"/, "m")
        .split(","),
    ).to.have.length(lines[0].split(",").length);
  });
});
