import { expect } from "chai";

import { locationTest } from "../../src/statistics/location-test.ts";
import { pairedTTest } from "../../src/statistics/paired-tests.ts";
import { TooFewObservationsError } from "../../src/statistics/too-few-observations-error.ts";

describe("location test", () => {
  it("is the t test where the sample is not skewed", () => {
    const values = [-2, -1, 0.5, 1, 2, 3, 4, 4.5];
    const { scale, p } = locationTest(values);
    expect(scale).to.equal("plain");
    expect(p).to.equal(pairedTTest(values));
  });

  it("tests signed roots where one value is far out, which then hides less of what the others show", () => {
    const values = [0.01, 0.012, 0.014, 0.02, 0.022, 0.03, 0.04, 1.5];
    const { scale, p, skewness } = locationTest(values);
    // By hand: seven values near zero and one far out have g₁ close to (n − 2)/√(n − 1).
    expect(skewness).to.be.closeTo(6 / Math.sqrt(7), 0.01);
    expect(scale).to.equal("signed root");
    expect(p).to.equal(pairedTTest(values.map(Math.sqrt)));
    expect(p).to.be.below(pairedTTest(values));
  });

  it("keeps signs: mirrored values are tested against the other side", () => {
    const values = [0.01, 0.012, 0.014, 0.02, 0.022, 0.03, 0.04, 1.5];
    expect(locationTest(values.map((x) => -x)).p).to.be.closeTo(1 - locationTest(values).p, 1e-12);
  });

  it("needs three values, and takes equal ones", () => {
    expect(() => locationTest([1, 2])).to.throw(TooFewObservationsError);
    expect(locationTest([1, 1, 1])).to.deep.equal({ skewness: 0, scale: "plain", p: 0 });
  });
});
