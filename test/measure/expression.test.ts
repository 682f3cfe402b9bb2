import { expect } from "chai";
import fc from "fast-check";

import { UserError } from "../../src/errors/user-error.ts";
import { parseFailIf } from "../../sim/measure/expression.ts";
import { judgedCells, metricNamed, metrics } from "../../sim/measure/metrics.ts";
import { fixtureWithBesides, historyFixture, resultsFixture } from "../report/results-fixture.ts";

describe("--fail-if", () => {
  const results = resultsFixture();
  const broken = (text: string) =>
    parseFailIf(text)
      .judge(results)
      .broken.map(({ model, preset, severity }) => `${model} ${preset} ${severity}`);

  it("names every cell in which the expression is true", () => {
    expect(broken("loss.upper95 > 0.2")).to.deep.equal(["polynomial OPEN 1"]);
    expect(broken("loss.mean > 1000")).to.deep.equal([]);
  });

  it("narrows a metric to a preset, a model or a severity", () => {
    expect(broken('loss.mean("FULL") > 0.05')).to.deep.equal(["polynomial FULL 1"]);
    expect(broken('loss.mean("ridge", 1) > 0.05')).to.deep.equal(["ridge OPEN 1"]);
  });

  it("combines metrics of the same cell, on chain and off", () => {
    expect(broken("gap.median > 100 && loss.mean > 0.1")).to.deep.equal(["polynomial OPEN 1"]);
    expect(broken("!(loss.mean < 0.2) && loss.mean - loss.lower95 > 0")).to.deep.equal(["polynomial OPEN 1"]);
  });

  it("leaves unknown what has no value, instead of letting it pass or fail", () => {
    const few = resultsFixture({ seeds: 3 });
    const judgement = parseFailIf("loss.upper95 > 0.1").judge(few);
    expect(judgement.judged).to.equal(0);
    expect(judgement.cells).to.be.greaterThan(0);
    expect(parseFailIf("!(loss.upper95 > 0.1)").judge(few).broken).to.deep.equal([]);
  });

  it("never judges a control", () => {
    for (const cells of [judgedCells(results), judgedCells(historyFixture())])
      expect(cells.map(({ model }) => model)).to.not.include.members(["perfect"]);
    expect(broken("loss.absolute > -1").join()).to.not.contain("perfect");
  });

  it("compares as numbers do, for any bound", () => {
    const value = metricNamed("loss.mean")!.value(results, { model: "ridge", preset: "OPEN", severity: 1 })!;
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (bound) => {
        const found = parseFailIf(`loss.mean("ridge", "OPEN", 1) > ${bound.toFixed(12)}`).judge(results).broken;
        expect(found.length > 0).to.equal(value > Number(bound.toFixed(12)));
      }),
    );
  });

  for (const [text, message] of [
    ["loss.uper95 > 0.1", /Did you mean "loss.upper95"/],
    ["nonsense > 1", /unknown metric "nonsense"\. All: error\.fit/],
    ["loss.mean", /nothing is compared/],
    ["loss.mean > ", /cannot read/],
    ["", /nothing is compared/],
    ["loss.mean > 'x'", /a string cannot stand/],
    ["(loss.mean > 1) > 1", /cannot be used inside a comparison/],
    ["loss.mean + 1", /cannot be used as the whole expression/],
    ["loss['mean'] > 1", /is no metric/],
    ["loss.mean(severity) > 1", /narrowed by names in quotes/],
    ["process.exit() > 1", /unknown metric "process.exit"/],
  ] as const)
    it(`refuses ${JSON.stringify(text)} and says why`, () => {
      expect(() => parseFailIf(text)).to.throw(UserError, message);
    });
});

describe("metrics", () => {
  it("have one name each, with a unit and a sentence", () => {
    expect(new Set(metrics.map(({ name }) => name)).size).to.equal(metrics.length);
    for (const { name, description } of metrics) {
      expect(name).to.match(/^[a-z][A-Za-z]*\.[a-z][A-Za-z0-9]*$/);
      expect(description.length).to.be.greaterThan(15);
    }
  });

  it("have a value somewhere in results of the kind that they describe", () => {
    const all = [fixtureWithBesides(), historyFixture()];
    for (const metric of metrics)
      expect(
        all.some((results) => judgedCells(results).some((cell) => metric.value(results, cell) !== null)),
        metric.name,
      ).to.equal(true);
  });
});
