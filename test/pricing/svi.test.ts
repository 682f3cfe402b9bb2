import { expect } from "chai";
import fc from "fast-check";

import { butterflies } from "../../src/pricing/arbitrage.ts";
import { CalibrationInputError } from "../../src/pricing/calibration-input-error.ts";
import { calibrateSvi } from "../../src/pricing/svi-calibration.ts";
import type { SviRaw } from "../../src/pricing/svi.ts";
import {
  fromJumpWings,
  leastTotalVariance,
  sviButterfly,
  SviParameterError,
  sviTotalVariance,
  sviVols,
  sviWingSlopes,
  toJumpWings,
} from "../../src/pricing/svi.ts";

/** Axel Vogt's slice: Gatheral & Jacquier (2014), example 3.1. */
const vogt: SviRaw = { a: -0.041, b: 0.1331, rho: 0.306, m: 0.3586, sigma: 0.4153 };

const anySlice = fc
  .record({
    least: fc.double({ min: 0.001, max: 0.3, noNaN: true }),
    b: fc.double({ min: 0.01, max: 0.9, noNaN: true }),
    rho: fc.double({ min: -0.9, max: 0.9, noNaN: true }),
    m: fc.double({ min: -0.3, max: 0.3, noNaN: true }),
    sigma: fc.double({ min: 0.05, max: 0.8, noNaN: true }),
  })
  .map(({ least, ...rest }) => ({ ...rest, a: least - rest.b * rest.sigma * Math.sqrt(1 - rest.rho ** 2) }));

const strikes = Float64Array.from({ length: 15 }, (_, i) => -1 + i / 7);

function smileOf(slice: SviRaw, years: number) {
  const vols = new Float64Array(strikes.length);
  sviVols(slice, years, strikes, vols);
  return { years, logMoneyness: strikes, vols };
}

describe("SVI slices", () => {
  it("have the jump-wings of Vogt's slice that Gatheral & Jacquier (2014), example 5.1, print", () => {
    const wings = toJumpWings(vogt, 1);
    expect(wings.variance).to.be.closeTo(0.01742625, 5e-9);
    expect(wings.skew).to.be.closeTo(-0.1752111, 5e-8);
    expect(wings.putSlope).to.be.closeTo(0.6997381, 5e-8);
    expect(wings.callSlope).to.be.closeTo(1.316798, 5e-7);
    expect(wings.leastVariance).to.be.closeTo(0.0116249, 5e-8);
  });

  it("flag the butterfly of Vogt's slice, and none once its call wing is lowered as the paper does", () => {
    const found = butterflies((k) => sviButterfly(vogt, k));
    expect(found.violations).to.be.greaterThan(10);
    expect(found.worst).to.be.closeTo(0.032863, 1e-4);
    // Example 5.1: with ψ and p kept, c' = p + 2ψ and ṽ' = 4pc'v/(p + c')² the slice is an SSVI one, and free.
    const { variance, skew, putSlope } = toJumpWings(vogt, 1);
    const callSlope = putSlope + 2 * skew;
    const leastVariance = (4 * putSlope * callSlope * variance) / (putSlope + callSlope) ** 2;
    expect(callSlope).to.be.closeTo(0.3493158, 5e-8);
    expect(leastVariance).to.be.closeTo(0.01548182, 5e-9);
    const repaired = fromJumpWings({ variance, skew, putSlope, callSlope, leastVariance }, 1);
    expect(butterflies((k) => sviButterfly(repaired, k)).violations).to.equal(0);
  });

  it("come back from their jump-wings", () => {
    fc.assert(
      fc.property(anySlice, fc.double({ min: 0.01, max: 3, noNaN: true }), (slice, years) => {
        const beta = slice.m / Math.hypot(slice.m, slice.sigma);
        // Where the least variance is at the money the scale is not determined; near there digits are lost.
        fc.pre(Math.abs(beta - slice.rho) > 0.05);
        const back = fromJumpWings(toJumpWings(slice, years), years);
        for (const k of [-1, -0.2, 0, 0.3, 1]) {
          expect(sviTotalVariance(back, k)).to.be.closeTo(sviTotalVariance(slice, k), 1e-9);
        }
      }),
    );
  });

  it("agree in g(k) with the density that finite differences of Black's price give", () => {
    // Lemma 2.2: density p(k) = g(k)/√(2πw) exp(-d2²/2); g of a flat slice is 1.
    expect(sviButterfly({ a: 0.04, b: 0, rho: 0, m: 0, sigma: 1 }, 0.7)).to.equal(1);
    const h = 1e-3;
    for (const k of [-0.8, -0.1, 0, 0.35, 0.9]) {
      const w = (x: number): number => sviTotalVariance(vogt, x);
      const slope = (w(k + h) - w(k - h)) / (2 * h);
      const curvature = (w(k + h) - 2 * w(k) + w(k - h)) / (h * h);
      const g = (1 - (k * slope) / (2 * w(k))) ** 2 - (slope ** 2 / 4) * (1 / w(k) + 0.25) + curvature / 2;
      expect(sviButterfly(vogt, k)).to.be.closeTo(g, 1e-4);
    }
  });

  it("are least where they say and rise at their wings' slopes", () => {
    fc.assert(
      fc.property(anySlice, (slice) => {
        const root = Math.sqrt(1 - slice.rho ** 2);
        const at = slice.m - (slice.rho * slice.sigma) / root;
        expect(sviTotalVariance(slice, at)).to.be.closeTo(leastTotalVariance(slice), 1e-12);
        const { put, call } = sviWingSlopes(slice);
        expect(sviTotalVariance(slice, 1e6) / 1e6).to.be.closeTo(call, 1e-5);
        expect(sviTotalVariance(slice, -1e6) / 1e6).to.be.closeTo(put, 1e-5);
      }),
    );
  });

  it("refuse what is no slice, naming why", () => {
    expect(() => sviVols({ ...vogt, sigma: 0 }, 1, strikes, new Float64Array(15))).to.throw(SviParameterError, "σ");
    expect(() => toJumpWings({ ...vogt, a: -1 }, 1)).to.throw(SviParameterError, "negative variance");
    expect(() => toJumpWings({ ...vogt, rho: NaN }, 1)).to.throw(SviParameterError, "numbers");
    const wings = { variance: 0.04, skew: 3, putSlope: 0.5, callSlope: 0.5, leastVariance: 0.03 };
    expect(() => fromJumpWings(wings, 1)).to.throw(SviParameterError, "skew");
    expect(() => fromJumpWings({ ...wings, skew: 0, leastVariance: 0.05 }, 1)).to.throw(SviParameterError, "ṽ");
  });
});

describe("SVI calibration", () => {
  it("finds the slice that made the quotes, Vogt's included", () => {
    const fit = calibrateSvi(smileOf(vogt, 1));
    expect(fit.rmse).to.be.lessThan(1e-8);
    for (const name of ["a", "b", "rho", "m", "sigma"] as const) {
      expect(fit.parameters[name]).to.be.closeTo(vogt[name], 1e-6, name);
    }
    expect(fit.activeBounds).to.deep.equal([]);
    expect(fit.condition).to.be.within(10, 1000);
    fc.assert(
      fc.property(anySlice, fc.double({ min: 0.02, max: 2, noNaN: true }), (slice, years) => {
        fc.pre(slice.b * (1 + Math.abs(slice.rho)) < 1.9);
        expect(calibrateSvi(smileOf(slice, years)).rmse).to.be.lessThan(2e-4 / Math.sqrt(years));
      }),
      { numRuns: 60 },
    );
  });

  it("finds it from a slice nearby too, and from a far one no worse than a tenth of a vol point", () => {
    const near = { ...vogt, m: vogt.m + 0.05, sigma: 1.2 * vogt.sigma };
    expect(calibrateSvi(smileOf(vogt, 1), near).rmse).to.be.lessThan(1e-7);
    const far = { a: 0.1, b: 0.1, rho: 0, m: -0.5, sigma: 0.05 };
    expect(calibrateSvi(smileOf(vogt, 1), far).rmse).to.be.lessThan(1e-3);
  });

  it("does no worse under noise than the slice that made the quotes", () => {
    const smile = smileOf(vogt, 0.5);
    const noisy = smile.vols.map((vol, i) => vol + 0.01 * Math.sin(7 * i));
    const truth = Math.sqrt(noisy.reduce((sum, vol, i) => sum + (vol - smile.vols[i]) ** 2, 0) / noisy.length);
    expect(calibrateSvi({ ...smile, vols: noisy }).rmse).to.be.lessThan(truth);
  });

  it("holds the wings to a slope of 2 and says so", () => {
    const steep = { a: 0.1, b: 2.2, rho: -0.5, m: 0, sigma: 0.1 };
    const fit = calibrateSvi(smileOf(steep, 1));
    const { put, call } = sviWingSlopes(fit.parameters);
    expect(Math.max(put, call)).to.be.at.most(2 + 1e-9);
    expect(fit.activeBounds).to.include("put wing");
  });

  it("reports a flat smile as undetermined, not as numbers", () => {
    const fit = calibrateSvi({ years: 0.1, logMoneyness: strikes, vols: strikes.map(() => 0.6) });
    expect(fit.rmse).to.be.lessThan(1e-10);
    expect(fit.condition).to.be.greaterThan(1e6);
    expect(Object.values(fit.parameters).every(Number.isFinite)).to.equal(true);
  });

  it("refuses too few strikes and quotes that are no vols, naming them", () => {
    const smile = smileOf(vogt, 1);
    const few = { years: 1, logMoneyness: [0, 0, 0.1, 0.2, 0.3], vols: [0.5, 0.5, 0.5, 0.5, 0.5] };
    expect(() => calibrateSvi(few)).to.throw(CalibrationInputError, "4 different strikes where it needs 5");
    const vols = smile.vols.slice();
    vols[3] = NaN;
    expect(() => calibrateSvi({ ...smile, vols })).to.throw(CalibrationInputError, "vol NaN (quote 3");
    vols[3] = -0.2;
    expect(() => calibrateSvi({ ...smile, vols })).to.throw(CalibrationInputError, "vol -0.2");
    expect(() => calibrateSvi({ ...smile, years: 0 })).to.throw(CalibrationInputError, "no time");
    expect(() => calibrateSvi({ ...smile, weights: [1] })).to.throw(CalibrationInputError, "lengths");
  });
});
