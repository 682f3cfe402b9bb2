import { expect } from "chai";

import { breakingPoint, firstPassage } from "../../sim/experiment/generalisation/breaking-point.ts";
import { placeboOf, powerOf, signTest, verdicts } from "../../sim/experiment/generalisation/verdict.ts";

/** `n` values spread evenly over centre ± half. */
function around(centre: number, half: number, n = 41): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => centre + half * ((2 * i) / (n - 1) - 1));
}

describe("verdicts", () => {
  it("say broke only when the excess is both shown and beyond the threshold", () => {
    const family = [
      { excess: around(12, 4), calmError: 3 },
      { excess: around(12, 4), calmError: 8 },
      { excess: around(3, 1), calmError: 1 },
      { excess: around(5, 40), calmError: 1 },
    ];
    const judged = verdicts(family, 5, 2);
    expect(judged.map(({ verdict }) => verdict)).to.deep.equal(["broke", "held", "held", "not shown"]);
    expect(judged.map(({ threshold }) => threshold)).to.deep.equal([6, 16, 5, 5]);
  });

  it("correct for the number of models by Holm", () => {
    // 28 of 41 above half a point: p = 0.0138, shown alone, and not among five such.
    const excess = Float64Array.from({ length: 41 }, (_, i) => (i < 28 ? 20 + i / 100 : -20 - i / 100));
    const one = { excess, calmError: 1 };
    expect(verdicts([one], 5, 2)[0].verdict).to.equal("broke");
    const five = verdicts([one, one, one, one, one], 5, 2);
    expect(five.every(({ verdict }) => verdict === "not shown")).to.equal(true);
    expect(five[0].adjustedPValue).to.be.closeTo(5 * signTest(excess, 0.5), 1e-12);
  });

  it("rest on the exact sign test: 9 of 10 above is 11/1024", () => {
    expect(signTest(Float64Array.of(1, 1, 1, 1, 1, 1, 1, 1, 1, 0), 0.5)).to.be.closeTo(11 / 1024, 1e-12);
  });

  it("have power when the effect is large against the spread, and little when it is small", () => {
    expect(powerOf(around(10, 5), 5, 4).atThreshold).to.be.above(0.99);
    expect(powerOf(around(10, 500), 5, 4).atThreshold).to.be.below(0.2);
  });
});

describe("a placebo", () => {
  it("passes only when its interval lies inside the smallest gap that is reported", () => {
    expect(placeboOf(around(0, 2), 5).verdict).to.equal("passed");
    expect(placeboOf(around(0, 60), 5).verdict).to.equal("too-few");
    expect(placeboOf(around(9, 1), 5).verdict).to.equal("too-few");
  });
});

describe("a breaking point", () => {
  const severities = [0, 0.25, 0.5, 0.75, 1];

  it("is interpolated between severities on first passage: a hand-worked replicate", () => {
    // From 2 at 0.25 to 10 at 0.5 the threshold 6 is half-way.
    const passage = firstPassage(severities, [0, 2, 10, 5, 12], 6, 0);
    expect(passage.at).to.be.closeTo(0.375, 1e-12);
    expect(passage.reenters).to.equal(true);
  });

  it("is censored at both ends", () => {
    expect(firstPassage(severities, [0, 1, 2, 3, 4], 6, 0).at).to.equal(Infinity);
    expect(firstPassage(severities, [0, 1, 2, 3, 4], 6, 7).at).to.equal(-Infinity);
  });

  it("is above 1 when most replicates never break, and counts false breaks between calm paths", () => {
    const excess = Array.from({ length: 20 }, (_, i) => [0, 1, 2, 3, i < 4 ? 9 : 4]);
    const thresholds = new Array<number>(20).fill(6);
    const placeboExcess = thresholds.map((_, i) => (i === 0 ? 7 : 0));
    const point = breakingPoint(severities, { excess, thresholds, placeboExcess });
    expect(point).to.include({ median: null, censored: "above-1", high: null, falseBreakRate: 0.05, seeds: 20 });
    // R's binom.test(1, 20): [0.001265089, 0.2487328].
    expect(point.falseBreakLow).to.be.closeTo(0.001265089, 1e-8);
    expect(point.falseBreakHigh).to.be.closeTo(0.2487328, 1e-6);
    expect(point).not.to.have.property("fivePercent");
  });
});
