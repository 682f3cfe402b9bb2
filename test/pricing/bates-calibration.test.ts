import { expect } from "chai";

import type { BatesState } from "../../src/pricing/bates-coordinates.ts";
import { calibrateBates, calibrateHeston } from "../../src/pricing/bates-calibration.ts";
import { BatesSurface } from "../../src/pricing/bates-surface.ts";
import { BatesPricer } from "../../src/pricing/bates.ts";
import type { SmileQuotes } from "../../src/pricing/calibration-input-error.ts";
import { CalibrationInputError } from "../../src/pricing/calibration-input-error.ts";
import { fitLeastSquares, forwardDifferences } from "../../src/pricing/levenberg-marquardt.ts";

const heston: BatesState = {
  variance: 0.4,
  kappa: 2,
  theta: 0.5,
  volOfVol: 1.2,
  rho: -0.5,
  jumpIntensity: 0,
  jumpMean: 0,
  jumpSd: 0,
};
const bates: BatesState = {
  ...heston,
  kappa: 3,
  theta: 0.4,
  variance: 0.3,
  jumpIntensity: 2,
  jumpMean: -0.1,
  jumpSd: 0.12,
};

/** Nine strikes to 2.2 deviations at each of five tenors from a week to half a year. */
function surfaceOf(state: BatesState, noise = (row: number) => 0 * row): SmileQuotes[] {
  const pricer = new BatesPricer(state);
  return [7, 14, 30, 90, 180].map((days, t) => {
    const years = days / 365;
    const logMoneyness = Float64Array.from({ length: 9 }, (_, i) => (i - 4) * 0.55 * Math.sqrt(state.variance * years));
    const vols = new Float64Array(9);
    pricer.impliedVols(state.variance, years, logMoneyness, vols);
    return { years, logMoneyness, vols: vols.map((vol, i) => vol + noise(9 * t + i)) };
  });
}

/** Vols by strike, then tenor. */
const daxVols = [
  [0.6625, 0.4875, 0.4204, 0.3667, 0.3431, 0.3267, 0.3121, 0.3121],
  [0.6007, 0.4543, 0.3967, 0.3511, 0.3279, 0.3154, 0.2984, 0.2921],
  [0.5084, 0.4221, 0.3718, 0.3327, 0.3155, 0.3027, 0.2919, 0.2889],
  [0.4541, 0.3869, 0.3492, 0.3149, 0.2963, 0.2926, 0.2819, 0.28],
  [0.406, 0.3607, 0.333, 0.2999, 0.2887, 0.2811, 0.2751, 0.2775],
  [0.3726, 0.3396, 0.3108, 0.2781, 0.2788, 0.2722, 0.2661, 0.2686],
  [0.355, 0.3277, 0.3012, 0.2781, 0.2781, 0.2661, 0.2661, 0.2681],
  [0.3428, 0.3209, 0.2958, 0.274, 0.2688, 0.2627, 0.258, 0.262],
  [0.3302, 0.3062, 0.2799, 0.2631, 0.2573, 0.2533, 0.2504, 0.2544],
  [0.3343, 0.2959, 0.2705, 0.254, 0.2504, 0.2464, 0.2448, 0.2462],
  [0.346, 0.2845, 0.2624, 0.2463, 0.2425, 0.2385, 0.2373, 0.2422],
  [0.3857, 0.286, 0.2578, 0.2399, 0.2357, 0.2327, 0.2312, 0.2351],
  [0.3976, 0.286, 0.2607, 0.2356, 0.2297, 0.2268, 0.2241, 0.232],
];

const ripple = (row: number): number => 0.005 * Math.sin(5 * row);

describe("Heston and Bates calibration", () => {
  it("find the Heston parameters that made 45 quotes", () => {
    const { parameters, rmse, worst, activeBounds, condition } = calibrateHeston(surfaceOf(heston));
    expect(rmse).to.be.lessThan(1e-6);
    expect(worst).to.be.lessThan(1e-5);
    for (const name of ["variance", "kappa", "theta", "volOfVol", "rho"] as const) {
      expect(parameters[name]).to.be.closeTo(heston[name], 1e-3, name);
    }
    expect(activeBounds).to.deep.equal([]);
    expect(condition).to.be.within(10, 1000);
  });

  it("fit the DAX surface of 5 July 2002 as published: 104 quotes, squared vol errors that sum to 177.2 points²", () => {
    // Sepp (2003), "Pricing European-style options under jump diffusion processes with stochastic volatility",
    // section 4; its quotes, rounded to weeks, and the sum within 1.0, as QuantLib's test of Heston's calibration.
    const days = [0, 13, 41, 75, 165, 256, 345, 524, 703];
    const rates = [0.0357, 0.0357, 0.0349, 0.0341, 0.0355, 0.0359, 0.0368, 0.0386, 0.0401];
    const strikes = [3400, 3600, 3800, 4000, 4200, 4400, 4500, 4600, 4800, 5000, 5200, 5400, 5600];
    const slices = days.slice(1).map((day, t) => {
      const matures = 7 * Math.floor((day + 3) / 7);
      const after = days.findIndex((one, i) => one >= matures || i === days.length - 1);
      const share = (matures - days[after - 1]) / (days[after] - days[after - 1]);
      const rate = rates[after - 1] + share * (rates[after] - rates[after - 1]);
      const years = matures / 365;
      const forward = 4468.17 * Math.exp(rate * years);
      return {
        years,
        logMoneyness: strikes.map((strike) => Math.log(strike / forward)),
        vols: daxVols.map((row) => row[t]),
      };
    });
    const { rmse, activeBounds, parameters } = calibrateHeston(slices);
    expect(104 * (100 * rmse) ** 2).to.be.closeTo(177.2, 1);
    expect(activeBounds).to.deep.equal([]);
    expect(parameters.rho).to.be.lessThan(-0.5);
    expect(calibrateBates(slices).rmse).to.be.lessThan(0.8 * rmse);
  });

  it("find the Bates parameters that made 45 quotes, where Heston cannot follow the wings", () => {
    const quotes = surfaceOf(bates);
    const { parameters, rmse } = calibrateBates(quotes);
    expect(rmse).to.be.lessThan(1e-6);
    expect(parameters.jumpIntensity).to.be.closeTo(2, 1e-3);
    expect(parameters.jumpMean).to.be.closeTo(-0.1, 1e-4);
    expect(parameters.jumpSd).to.be.closeTo(0.12, 1e-4);
    expect(calibrateHeston(quotes).rmse).to.be.greaterThan(0.003);
  });

  it("fit noisy quotes at least as well as the truth does, and say which bound holds what the quotes leave open", () => {
    const noise = Math.sqrt(Array.from({ length: 45 }, (_, i) => ripple(i) ** 2).reduce((a, b) => a + b) / 45);
    const ofHeston = calibrateHeston(surfaceOf(heston, ripple));
    expect(ofHeston.rmse).to.be.lessThan(noise);
    const ofBates = calibrateBates(surfaceOf(heston, ripple));
    expect(ofBates.rmse).to.be.lessThan(ofHeston.rmse * 1.001);
    // Jumps that the quotes do not hold cannot be told apart: the condition says so.
    expect(ofBates.condition).to.be.greaterThan(100 * ofHeston.condition);
  });

  it("start from the previous surface, and stay near it under a pull", () => {
    const quotes = surfaceOf({ ...heston, variance: 0.45, kappa: 4 });
    const free = calibrateHeston(quotes, { previous: heston });
    expect(free.parameters.kappa).to.be.closeTo(4, 1e-2);
    const pulled = calibrateHeston(quotes, { previous: heston, pull: 1e-2 });
    const held = calibrateHeston(quotes, { previous: heston, pull: 10 });
    expect(pulled.parameters.kappa).to.be.within(2, 4);
    expect(Math.abs(held.parameters.kappa - 2)).to.be.lessThan(Math.abs(pulled.parameters.kappa - 2));
    expect(held.rmse).to.be.greaterThan(free.rmse);
  });

  it("price in the fit as the checked pricer does", () => {
    const quotes = surfaceOf(bates);
    const surface = new BatesSurface(quotes);
    surface.setIntervals(bates, bates.variance);
    const vols = surface.vols(bates, bates.variance);
    quotes
      .flatMap((slice) => Array.from(slice.vols))
      .forEach((vol, i) => expect(vols[i]).to.be.closeTo(vol, 1e-7, `quote ${i}`));
  });

  it("refuse what is no surface, naming the quote or tenor", () => {
    const quotes = surfaceOf(heston);
    const spoiled = (vol: number) => [
      { ...quotes[0], vols: Array.from(quotes[0].vols, (v, i) => (i === 2 ? vol : v)) },
    ];
    expect(() => calibrateHeston(spoiled(NaN))).to.throw(CalibrationInputError, "vol NaN (quote 2");
    expect(() => calibrateHeston(spoiled(-1))).to.throw(CalibrationInputError, "vol -1");
    expect(() => calibrateHeston(spoiled(0.05))).to.throw(CalibrationInputError, "too small to be told from none");
    expect(() => calibrateHeston([quotes[1], quotes[0]])).to.throw(CalibrationInputError, "tenors do not rise");
    const few = [{ years: 0.1, logMoneyness: [-0.1, 0, 0.1], vols: [0.6, 0.6, 0.6] }];
    expect(() => calibrateHeston(few)).to.throw(CalibrationInputError, "3 quotes for 5 parameters");
    expect(() => calibrateBates([])).to.throw(CalibrationInputError, "0 quotes for 8 parameters");
  });
});

describe("Levenberg–Marquardt", () => {
  it("reproduces NIST's certified Misra1a fit: b1 238.94212918, b2 5.5015643181e-4, error 0.12455138894", () => {
    // NIST Statistical Reference Datasets, nonlinear regression: y = b1 (1 - e^(-b2 x)), start 1 of 500 and 1e-4.
    const x = [77.6, 114.9, 141.1, 190.8, 239.9, 289.0, 332.8, 378.4, 434.8, 477.3, 536.8, 593.1, 689.1, 760.0];
    const y = [10.07, 14.73, 17.94, 23.93, 29.61, 35.18, 40.02, 44.82, 50.76, 55.05, 61.01, 66.4, 75.47, 81.78];
    const values = (b: ArrayLike<number>) =>
      Float64Array.from(x, (one) => -b[0] * 100 * Math.expm1(-b[1] * 1e-4 * one));
    const model = { values, jacobian: (b: ArrayLike<number>) => forwardDifferences(values, b, 1e-7) };
    const ones = y.map(() => 1);
    const fit = fitLeastSquares(model, y, ones, [5, 1], { tolerance: 1e-14, iterations: 200 });
    expect(fit.parameters[0] * 100).to.be.closeTo(238.94212918, 1e-3);
    expect(fit.parameters[1] * 1e-4).to.be.closeTo(5.5015643181e-4, 1e-8);
    expect(fit.error).to.be.closeTo(0.12455138894, 1e-9);
    // Weights of four are observations counted four times.
    const four = fitLeastSquares(
      model,
      y,
      y.map(() => 4),
      [5, 1],
      { tolerance: 1e-14, iterations: 200 },
    );
    expect(four.error).to.be.closeTo(4 * 0.12455138894, 1e-8);
  });

  it("refuses to step where the model has no value, and says when its budget ended first", () => {
    const values = ([x]: ArrayLike<number> & Iterable<number>) => Float64Array.of(Math.sqrt(x), 2 * Math.sqrt(x));
    const asArray = (x: ArrayLike<number>) => values(Array.from(x));
    const model = { values: asArray, jacobian: (x: ArrayLike<number>) => forwardDifferences(asArray, x, 1e-8) };
    const fit = fitLeastSquares(model, [0.01, 0.02], [1, 1], [4], { iterations: 200 });
    expect(fit.parameters[0]).to.be.within(0, 0.01);
    expect(Number.isFinite(fit.error)).to.equal(true);
    expect(fitLeastSquares(model, [0.01, 0.02], [1, 1], [4], { iterations: 1 }).converged).to.equal(false);
  });
});
