import { expect } from "chai";

import type { BatesParameters } from "../../src/pricing/bates.ts";
import { BatesPricer } from "../../src/pricing/bates.ts";
import { mertonPrice } from "../../src/pricing/merton.ts";
import { simulateBates } from "../../src/processes/bates-path.ts";
import { garchVariance, simulateGarch } from "../../src/processes/garch.ts";
import { ProcessParameterError } from "../../src/processes/process-parameter-error.ts";
import { resampleHistory } from "../../src/processes/resampled-history.ts";
import { simulateCoxIngersollRoss } from "../../src/processes/short-rate.ts";
import { createRandom } from "../../src/random/random.ts";

const none = { jumpIntensity: 0, jumpMean: 0, jumpSd: 0 };
const jumps = { jumpIntensity: 4, jumpMean: -0.08, jumpSd: 0.1 };
const still = { kappa: 1, theta: 0.36, volOfVol: 0, rho: 0 };
// Feller's condition is broken by far: 2κθ = 0.96 against σ² = 4.
const wild = { kappa: 2, theta: 0.24, volOfVol: 2, rho: -0.7 };
const YEARS = 0.25;
const STEPS = 32;
const PATHS = 6000;

/** Distance of a sample's mean from what it should be, in standard errors. */
function standardErrors(values: ArrayLike<number>, expected: number): number {
  let [sum, squares] = [0, 0];
  for (let i = 0; i < values.length; i++) sum += values[i] / values.length;
  for (let i = 0; i < values.length; i++) squares += (values[i] - sum) ** 2;
  return Math.abs(sum - expected) / Math.sqrt(squares / (values.length - 1) / values.length);
}

function ends(parameters: BatesParameters, variance: number) {
  const random = createRandom(11, "moments");
  const prices = new Float64Array(PATHS);
  const variances = new Float64Array(PATHS);
  for (let path = 0; path < PATHS; path++) {
    const start = { price: 1, variance };
    const walked = simulateBates(parameters, start, YEARS / STEPS, STEPS, random.fork(path));
    prices[path] = walked.prices[STEPS - 1];
    variances[path] = walked.variances[STEPS - 1];
  }
  return { prices, variances };
}

describe("simulated paths hold their moments within four standard errors", () => {
  const cases: [string, BatesParameters, number][] = [
    ["geometric Brownian motion", { ...still, ...none }, 0.36],
    ["Merton's jump diffusion", { ...still, ...jumps }, 0.36],
    ["Heston's model beyond Feller's condition", { ...wild, ...none }, 0.1],
    ["Bates's model", { ...wild, ...jumps }, 0.1],
  ];
  for (const [name, parameters, variance] of cases) {
    it(`of ${name}: a martingale with the prices of its options`, () => {
      const { prices, variances } = ends(parameters, variance);
      expect(standardErrors(prices, 1), "martingale").to.be.lessThan(4);
      const pricer = new BatesPricer(parameters);
      for (const strike of [0.8, 1, 1.2]) {
        const payoffs = prices.map((price) => Math.max(0, price - strike));
        const expected = pricer.price(variance, YEARS, Math.log(strike), true);
        expect(standardErrors(payoffs, expected), `call ${strike}`).to.be.lessThan(4);
      }
      if (parameters.volOfVol === 0) {
        const merton = { ...parameters, vol: 0.6 };
        const payoffs = prices.map((price) => Math.max(0, 0.9 - price));
        expect(standardErrors(payoffs, mertonPrice(merton, false, 1, 0.9, YEARS))).to.be.lessThan(4);
        return;
      }
      // Cox, Ingersoll & Ross (1985), equation 19.
      const { kappa, theta, volOfVol } = parameters;
      const decay = Math.exp(-kappa * YEARS);
      const mean = theta + (variance - theta) * decay;
      const spread =
        ((variance * volOfVol ** 2 * decay) / kappa) * (1 - decay) +
        ((theta * volOfVol ** 2) / (2 * kappa)) * (1 - decay) ** 2;
      expect(standardErrors(variances, mean), "mean of the variance").to.be.lessThan(4);
      const squares = variances.map((value) => (value - mean) ** 2);
      expect(standardErrors(squares, spread), "variance of the variance").to.be.lessThan(4);
    });
  }

  it("of a root-process rate: mean and variance of Cox, Ingersoll and Ross", () => {
    const { speed, level, vol } = { speed: 0.5, level: 0.04, vol: 0.2 };
    const random = createRandom(12, "rate");
    const rates = Float64Array.from({ length: PATHS }, (_, path) => {
      const walked = simulateCoxIngersollRoss({ speed, level, vol }, 0.03, 0.05, 20, random.fork(path));
      return walked[19];
    });
    const decay = Math.exp(-speed);
    const mean = level + (0.03 - level) * decay;
    const spread =
      ((0.03 * vol ** 2 * decay) / speed) * (1 - decay) + ((level * vol ** 2) / (2 * speed)) * (1 - decay) ** 2;
    expect(standardErrors(rates, mean)).to.be.lessThan(4);
    expect(
      standardErrors(
        rates.map((rate) => (rate - mean) ** 2),
        spread,
      ),
    ).to.be.lessThan(4);
  });

  it("of GJR shocks: the long-run variance, from its own start", () => {
    const parameters = { omega: 1e-5, alpha: 0.05, beta: 0.8, gamma: 0.1 };
    const variance = garchVariance(parameters);
    const random = createRandom(13, "garch");
    const squares = Float64Array.from({ length: PATHS }, (_, path) => {
      return simulateGarch(parameters, variance, 20, random.fork(path)).returns[19] ** 2;
    });
    expect(standardErrors(squares, variance)).to.be.lessThan(4);
  });

  it("of a resampled history: the history's own mean, and its assets' moves together", () => {
    const random = createRandom(14, "history");
    const first = Float64Array.from({ length: 60 }, (_, t) => 0.01 * random.normal(t, 0) + (t > 30 ? 0.01 : 0));
    const second = first.map((value) => 2 * value);
    const means = Float64Array.from({ length: 2000 }, (_, path) => {
      const [a, b] = resampleHistory([first, second], 30, 5, random, path);
      a.forEach((value, t) => expect(b[t]).to.equal(2 * value));
      return a.reduce((sum, value) => sum + value, 0) / 30;
    });
    expect(standardErrors(means, first.reduce((sum, value) => sum + value, 0) / 60)).to.be.lessThan(4);
  });

  it("and a path that is none is refused by name", () => {
    const random = createRandom(1);
    const walk = (price: number, variance: number, stepYears: number, steps: number) => () =>
      simulateBates({ ...wild, ...none }, { price, variance }, stepYears, steps, random);
    expect(walk(1, -0.1, 0.01, 5)).to.throw(ProcessParameterError, "the variance -0.1");
    expect(walk(0, 0.1, 0.01, 5)).to.throw(ProcessParameterError, "the price 0");
    expect(walk(1, 0.1, NaN, 5)).to.throw(ProcessParameterError, "5 steps of NaN years");
    expect(walk(1, 0.1, 0.01, 2.5)).to.throw(ProcessParameterError, "2.5 steps");
  });
});
