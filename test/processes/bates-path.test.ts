import { expect } from "chai";

import type { BatesParameters } from "../../src/pricing/bates.ts";
import { BatesPricer } from "../../src/pricing/bates.ts";
import { BatesStepper, startPath } from "../../src/processes/bates-path.ts";
import { drawJumps } from "../../src/processes/jumps.ts";
import { createRandom } from "../../src/random/random.ts";

const CRASH: BatesParameters = {
  kappa: 3,
  theta: 0.625,
  volOfVol: 2,
  rho: -0.7,
  jumpIntensity: 15,
  jumpMean: -0.12,
  jumpSd: 0.12,
};

/** Prices and variances at the end of many independent paths. */
function terminal(parameters: BatesParameters, variance: number, years: number, steps: number, paths: number) {
  const prices = new Float64Array(paths);
  const variances = new Float64Array(paths);
  for (let path = 0; path < paths; path++) {
    const stepper = new BatesStepper(createRandom(3, "paths", path), years / steps, parameters.jumpIntensity);
    const state = startPath(1, variance);
    for (let i = 0; i < steps; i++) stepper.step(state, i, parameters);
    prices[path] = Math.exp(state.logPrice);
    variances[path] = state.variance;
  }
  return { prices, variances };
}

function meanAndError(values: Float64Array): { mean: number; error: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return { mean, error: Math.sqrt(square / values.length) };
}

describe("BatesStepper", () => {
  const years = 30 / 365;
  const { prices, variances } = terminal(CRASH, 1, years, 30, 4000);

  it("keeps the price a martingale within four standard errors", () => {
    const { mean, error } = meanAndError(prices);
    expect(Math.abs(mean - 1)).to.be.lessThan(4 * error);
    expect(error).to.be.lessThan(0.01);
  });

  it("moves the variance to its exact conditional mean", () => {
    const { mean, error } = meanAndError(variances);
    expect(Math.abs(mean - (0.625 + 0.375 * Math.exp(-3 * years)))).to.be.lessThan(4 * error);
  });

  it("gives option prices of the transform within four standard errors", () => {
    const pricer = new BatesPricer(CRASH);
    for (const strike of [0.7, 0.9, 1, 1.1]) {
      const { mean, error } = meanAndError(prices.map((price) => Math.max(0, strike - price)));
      expect(Math.abs(mean - pricer.price(1, years, Math.log(strike), false)), `put ${strike}`).to.be.lessThan(
        4 * error,
      );
    }
  });

  it("is geometric Brownian motion without vol of vol and jumps, exactly", () => {
    const gbm = { kappa: 1, theta: 0.36, volOfVol: 0, rho: 0, jumpIntensity: 0, jumpMean: 0, jumpSd: 0 };
    const random = createRandom(5, "gbm");
    const stepper = new BatesStepper(random, 0.01, 0);
    const state = startPath(2000, 0.36);
    let expected = Math.log(2000);
    for (let i = 0; i < 10; i++) {
      stepper.step(state, i, gbm);
      expected += -0.5 * 0.36 * 0.01 + 0.6 * 0.1 * random.normal(i, 1);
    }
    expect(state.logPrice).to.be.closeTo(expected, 1e-12);
    expect(state.variance).to.equal(0.36);
  });
});

describe("drawJumps", () => {
  const random = createRandom(9, "jumps");
  const draw = (intensity: number, index: number) => {
    const out = { sum: 0, count: 0, fraction: 1 };
    drawJumps({ ...CRASH, jumpIntensity: intensity }, 15, 0.1, random, index, out);
    return out;
  };

  it("keeps the jumps of a lower intensity at a higher one", () => {
    for (let index = 0; index < 500; index++) {
      const counts = [0, 4, 8, 15].map((intensity) => draw(intensity, index).count);
      expect(counts).to.deep.equal([...counts].sort((a, b) => a - b));
    }
  });

  it("arrives at the intensity asked for", () => {
    const n = 4000;
    for (const intensity of [4, 15]) {
      let count = 0;
      for (let index = 0; index < n; index++) count += draw(intensity, index).count / n;
      expect(count).to.be.closeTo(0.1 * intensity, 4 * Math.sqrt((0.1 * intensity) / n));
    }
  });

  it("says where in the step the jump lies", () => {
    for (let index = 0; index < 200; index++) {
      const { count, fraction, sum } = draw(15, index);
      if (count === 0) expect([sum, fraction]).to.deep.equal([0, 1]);
      else expect(fraction).to.be.within(0, 1);
    }
  });
});
