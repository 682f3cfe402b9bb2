import { expect } from "chai";

import { lassoDescent } from "../../src/models/coordinate-descent.ts";

describe("lasso by coordinate descent", () => {
  it("soft-thresholds an orthonormal design and leaves the intercept alone (Tibshirani 1996, section 2.2)", () => {
    const gram = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
    const moment = Float64Array.of(0.1, -2, 0.3);
    const { coefficients } = lassoDescent({ gram, moment }, 0.5, new Float64Array(3), 10, 1e-12);
    expect(Array.from(coefficients)).to.deep.equal([0.1, -1.5, 0]);
  });

  it("says how far it is from the optimum when it runs out of sweeps", () => {
    const gram = Float64Array.of(1, 0.9, 0.9, 1);
    const moment = Float64Array.of(1, 2);
    expect(lassoDescent({ gram, moment }, 0.1, new Float64Array(2), 1, 1e-9).violation).to.be.greaterThan(0.1);
    expect(lassoDescent({ gram, moment }, 0.1, new Float64Array(2), 500, 1e-9).violation).to.be.lessThan(1e-9);
  });
});
