import { expect } from "chai";

import { scoreQuotes } from "../../sim/experiment/generalisation/quote-errors.ts";

const terms = { halfSpread: 0.01, privateValue: 0.02 };
const domain = [0.15, 4] as const;

describe("errors of quotes", () => {
  // Truth 0.50 and 0.80; the model says 0.53 (3 points dear) and 0.10, which a keeper would post as 0.15 (65 cheap).
  const quotes = {
    truth: Float64Array.of(0.5, 0.8),
    weight: Float64Array.of(3, 1),
    vega: Float64Array.of(3, 1),
  };
  const errors = scoreQuotes(quotes, Float64Array.of(0.53, 0.1), domain, terms);

  it("are weighted root mean squares and means in vol points, after and before the domain", () => {
    expect(errors.rmse).to.be.closeTo(Math.sqrt((3 * 3 ** 2 + 65 ** 2) / 4), 1e-9);
    expect(errors.mae).to.be.closeTo((3 * 3 + 65) / 4, 1e-9);
    expect(errors.rawRmse).to.be.closeTo(Math.sqrt((3 * 3 ** 2 + 70 ** 2) / 4), 1e-9);
    expect(errors.rawMae).to.be.closeTo((3 * 3 + 70) / 4, 1e-9);
    expect(errors.bias).to.be.closeTo((3 * 3 - 65) / 4, 1e-9);
    expect(errors.outOfDomain).to.equal(0.5);
  });

  it("are log ratios after the domain", () => {
    const [a, b] = [Math.log(0.53 / 0.5), Math.log(0.15 / 0.8)];
    expect(errors.logRmse).to.be.closeTo(Math.sqrt((3 * a * a + b * b) / 4), 1e-12);
  });

  it("are exploitable beyond the half-spread only, by the side that gains", () => {
    expect(errors.exploitableBySellers).to.be.closeTo((3 * 2) / 4, 1e-9);
    expect(errors.exploitableByBuyers).to.be.closeTo(64 / 4, 1e-9);
  });

  it("turn away the customers on the other side: e^(-error/mean) of them stay", () => {
    expect(errors.missedBuyers).to.be.closeTo((3 * (1 - Math.exp(-0.03 / 0.02))) / 4, 1e-12);
    expect(errors.missedSellers).to.be.closeTo((1 - Math.exp(-0.65 / 0.02)) / 4, 1e-12);
  });

  it("count a quote whose truth has no vol as the worst, instead of dropping it", () => {
    const truth = Float64Array.of(0.5, 0.8, Number.NaN);
    const weight = Float64Array.of(1, 1, 2);
    const three = scoreQuotes({ truth, weight, vega: weight }, Float64Array.of(0.53, 0.7, 0.6), domain, terms);
    expect(three.failed).to.be.closeTo(1 / 3, 1e-12);
    expect(three.mae).to.be.closeTo((3 + 10 + 2 * 10) / 4, 1e-9);
  });

  it("of a known break, truth × 1.2, move each squared error by the exact amount", () => {
    const truth = Float64Array.of(0.5, 0.62, 0.71);
    const vols = Float64Array.of(0.52, 0.55, 0.74);
    const ones = new Float64Array(3).fill(1);
    const score = (t: Float64Array, i: number) =>
      scoreQuotes({ truth: t, weight: ones, vega: ones }, vols, domain, terms, i, i + 1).rmse ** 2;
    const broken = truth.map((vol) => 1.2 * vol);
    for (let i = 0; i < 3; i++) {
      const exact = 1e4 * ((vols[i] - broken[i]) ** 2 - (vols[i] - truth[i]) ** 2);
      expect(score(broken, i) - score(truth, i)).to.be.closeTo(exact, 1e-9);
    }
  });
});
