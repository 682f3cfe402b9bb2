import { expect } from "chai";

import { logMoment, stationaryVariance, varianceLaw, varianceQuantile } from "../../src/processes/variance-step.ts";
import type { VarianceLaw } from "../../src/processes/variance-step.ts";

const CALM = { kappa: 3, theta: 0.25, volOfVol: 0.8, rho: -0.3, jumpIntensity: 0, jumpMean: 0, jumpSd: 0 };
const WILD = { ...CALM, theta: 0.04, volOfVol: 2 };

function lawOf(parameters: typeof CALM, variance: number, years: number): VarianceLaw {
  const law: VarianceLaw = { mean: 0, isQuadratic: true, scale: 0, shift: 0, zeroProbability: 0, rate: 0 };
  varianceLaw(parameters, variance, years, law);
  return law;
}

/** Mean of a function of the variance under its law, by the midpoint rule in the uniform. */
function expectation(law: VarianceLaw, f: (variance: number) => number): number {
  const n = 40_000;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += f(varianceQuantile(law, (i + 0.5) / n));
  return sum / n;
}

const CASES: [typeof CALM, number, number][] = [
  [CALM, 0.25, 300 / 31_536_000],
  [CALM, 0.25, 7 / 365],
  [CALM, 0.01, 30 / 365],
  [WILD, 0.02, 7 / 365],
  [WILD, 0.0005, 1 / 365],
];

describe("varianceLaw and varianceQuantile", () => {
  it("have the exact conditional mean and variance of the square-root process, in both branches", () => {
    const branches = new Set<boolean>();
    for (const [parameters, variance, years] of CASES) {
      const { kappa, theta, volOfVol } = parameters;
      const law = lawOf(parameters, variance, years);
      branches.add(law.isQuadratic);
      // Cox, Ingersoll & Ross (1985), equation 19.
      const decay = Math.exp(-kappa * years);
      const mean = theta + (variance - theta) * decay;
      const spread =
        ((variance * volOfVol ** 2 * decay) / kappa) * (1 - decay) +
        ((theta * volOfVol ** 2) / (2 * kappa)) * (1 - decay) ** 2;
      const drawn = expectation(law, (v) => v);
      expect(drawn / mean).to.be.closeTo(1, 5e-4);
      expect(expectation(law, (v) => (v - mean) ** 2) / spread).to.be.closeTo(1, 1e-2);
    }
    expect([...branches].sort()).to.deep.equal([false, true]);
  });

  it("never gives less for a larger uniform, nor anything negative", () => {
    for (const [parameters, variance, years] of CASES) {
      const law = lawOf(parameters, variance, years);
      let last = 0;
      for (let i = 0; i < 2000; i++) {
        const next = varianceQuantile(law, (i + 0.5) / 2000);
        expect(next).to.be.at.least(last);
        last = next;
      }
    }
  });

  it("moves the variance smoothly where one branch gives way to the other", () => {
    const branches = new Set<boolean>();
    let previous: number | undefined;
    for (let variance = 0.002; variance < 0.06; variance *= 1.02) {
      const law = lawOf(WILD, variance, 3 / 365);
      branches.add(law.isQuadratic);
      const quantile = varianceQuantile(law, 0.7) / law.mean;
      if (previous !== undefined) expect(quantile).to.be.closeTo(previous, 0.1);
      previous = quantile;
    }
    expect([...branches].sort()).to.deep.equal([false, true]);
  });

  it("follow the mean without vol of vol", () => {
    const law = lawOf({ ...CALM, volOfVol: 0 }, 0.5, 0.1);
    expect(varianceQuantile(law, 0.01)).to.equal(law.mean);
    expect(law.mean).to.be.closeTo(0.25 + 0.25 * Math.exp(-0.3), 1e-15);
  });
});

describe("logMoment", () => {
  it("is the logarithm of the law's moment", () => {
    for (const [parameters, variance, years] of CASES) {
      const law = lawOf(parameters, variance, years);
      const power = -0.5 / law.mean;
      expect(Math.exp(logMoment(law, power))).to.be.closeTo(
        expectation(law, (v) => Math.exp(power * v)),
        1e-4,
      );
    }
  });

  it("is infinite where the moment does not exist", () => {
    expect(logMoment(lawOf(WILD, 0.0005, 1 / 365), 1e6)).to.equal(Infinity);
    expect(logMoment(lawOf(CALM, 0.25, 7 / 365), 1e6)).to.equal(Infinity);
  });
});

describe("stationaryVariance", () => {
  it("has the mean θ and variance θσ²/2κ of the stationary law", () => {
    const n = 1000;
    const draws = Array.from({ length: n }, (_, i) => stationaryVariance(CALM, (i + 0.5) / n));
    const mean = draws.reduce((sum, v) => sum + v / n, 0);
    const spread = draws.reduce((sum, v) => sum + (v - mean) ** 2 / n, 0);
    expect(mean).to.be.closeTo(0.25, 5e-4);
    expect(spread).to.be.closeTo((0.25 * 0.8 ** 2) / 6, 5e-4);
  });

  it("is θ without vol of vol", () => {
    expect(stationaryVariance({ ...CALM, volOfVol: 0 }, 0.3)).to.equal(0.25);
  });
});
