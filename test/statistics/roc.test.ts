import { expect } from "chai";
import fc from "fast-check";

import { rocArea, rocCurve, truePositivesAt } from "../../src/statistics/roc.ts";
import { StatisticInputError } from "../../src/statistics/statistic-input-error.ts";

/** Fawcett (2006), "An introduction to ROC analysis", figure 3: twenty instances by score. */
const scores = [
  0.9, 0.8, 0.7, 0.6, 0.55, 0.54, 0.53, 0.52, 0.51, 0.505, 0.4, 0.39, 0.38, 0.37, 0.36, 0.35, 0.34, 0.33, 0.3, 0.1,
];
const labels = [..."ppnpppnnpnpnpnnnpnpn"].map((letter) => letter === "p");

describe("receiver operating characteristic", () => {
  it("is Fawcett's example: (0.1, 0.5) at the threshold 0.54", () => {
    const curve = rocCurve(scores, labels);
    expect(curve).to.have.length(21);
    expect(curve.find(({ threshold }) => threshold === 0.54)).to.deep.equal({
      threshold: 0.54,
      falsePositives: 0.1,
      truePositives: 0.5,
    });
    expect(truePositivesAt(curve, 0.1)).to.equal(0.5);
    expect(truePositivesAt(curve, 0)).to.equal(0.2);
  });

  it("has an area of one when classes are apart, one half of equal scores, and the trapezoids' otherwise", () => {
    expect(rocArea([1, 2, 3, 4], [false, false, true, true])).to.equal(1);
    expect(rocArea([5, 5, 5, 5], [false, true, false, true])).to.equal(0.5);
    const sample = fc.array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.boolean()), { minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(sample, (pairs) => {
        const found = pairs.map(([, label]) => label);
        fc.pre(found.includes(true) && found.includes(false));
        const values = pairs.map(([score]) => score);
        const curve = rocCurve(values, found);
        let trapezoids = 0;
        for (let i = 1; i < curve.length; i++) {
          const width = curve[i].falsePositives - curve[i - 1].falsePositives;
          trapezoids += (width * (curve[i].truePositives + curve[i - 1].truePositives)) / 2;
        }
        expect(rocArea(values, found)).to.be.closeTo(trapezoids, 1e-12);
      }),
    );
  });

  it("refuses a sample of one class, and labels that do not match", () => {
    expect(() => rocArea([1, 2], [true, true])).to.throw(StatisticInputError, "2 positives among 2");
    expect(() => rocCurve([1, 2, 3], [true, false])).to.throw(StatisticInputError, "2 labels of 3 scores");
  });
});
