import { expect } from "chai";
import fc from "fast-check";

import { NotACountError } from "../../src/statistics/binomial-interval.ts";
import { binomialTest } from "../../src/statistics/binomial-test.ts";
import { medianInterval } from "../../src/statistics/median-interval.ts";
import { quantileInterval } from "../../src/statistics/quantile-interval.ts";
import { StatisticInputError } from "../../src/statistics/statistic-input-error.ts";

describe("exact binomial test", () => {
  it("is R's binom.test(682, 925, p = 0.75) after Conover (1971), p. 97", () => {
    expect(binomialTest(682, 925, 0.75)).to.be.closeTo(0.3825, 5e-5);
  });

  it("is 2 P(B ≤ k) for a fair coin below the middle, and 1 at it", () => {
    // 1 of 10 heads: 2 · 11/1024.
    expect(binomialTest(1, 10, 0.5)).to.be.closeTo(22 / 1024, 1e-12);
    expect(binomialTest(9, 10, 0.5)).to.be.closeTo(22 / 1024, 1e-12);
    expect(binomialTest(5, 10, 0.5)).to.equal(1);
  });

  it("is the same seen from successes and from failures, and a chance", () => {
    const counts = fc
      .integer({ min: 1, max: 60 })
      .chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)));
    fc.assert(
      fc.property(counts, fc.double({ min: 0.05, max: 0.95, noNaN: true }), ([successes, n], rate) => {
        const p = binomialTest(successes, n, rate);
        expect(p).to.be.within(0, 1 + 1e-9);
        expect(binomialTest(n - successes, n, 1 - rate)).to.be.closeTo(p, 1e-6);
      }),
    );
  });

  it("refuses what is no count and a rate of nothing", () => {
    expect(() => binomialTest(11, 10, 0.5)).to.throw(NotACountError);
    expect(() => binomialTest(1, 10, 0)).to.throw(StatisticInputError);
  });
});

describe("interval of a quantile", () => {
  it("is the median's at one half", () => {
    const values = Array.from({ length: 40 }, (_, i) => (i * 17) % 40);
    const median = medianInterval(values);
    const { low, high, coverage } = quantileInterval(values, 0.5);
    expect([low, high]).to.deep.equal([median.low, median.high]);
    expect(coverage).to.be.closeTo(median.coverage, 1e-12);
  });

  it("takes the ranks 85 and 96 of 100 for the 90 % quantile at 90 %", () => {
    // B(100, 0.9): P(B < 85) = 0.0399 and P(B ≥ 96) = 0.0237 are the largest tails under 5 %.
    const values = Array.from({ length: 100 }, (_, i) => i + 1);
    const { low, high, coverage } = quantileInterval(values, 0.9, 0.9);
    expect([low, high]).to.deep.equal([85, 96]);
    expect(coverage).to.be.closeTo(1 - 0.0399 - 0.0237, 2e-4);
  });

  it("says that an end does not exist where there are too few observations", () => {
    const { high, low } = quantileInterval([1, 2, 3, 4, 5, 6, 7, 8], 0.95);
    expect(high).to.equal(Infinity);
    expect(low).to.be.within(1, 8);
    expect(() => quantileInterval([1], 1)).to.throw(StatisticInputError);
  });
});
