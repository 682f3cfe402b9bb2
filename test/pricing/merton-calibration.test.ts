import { expect } from "chai";

import { CalibrationInputError } from "../../src/pricing/calibration-input-error.ts";
import type { SmileQuotes } from "../../src/pricing/calibration-input-error.ts";
import { impliedVol } from "../../src/pricing/implied-vol.ts";
import { calibrateMerton } from "../../src/pricing/merton-calibration.ts";
import type { MertonParameters } from "../../src/pricing/merton.ts";
import { mertonPrice, mertonVols } from "../../src/pricing/merton.ts";

const truth: MertonParameters = { vol: 0.45, jumpIntensity: 4, jumpMean: -0.06, jumpSd: 0.08 };

function surfaceOf(parameters: MertonParameters): SmileQuotes[] {
  return [3, 7, 30, 90].map((days) => {
    const years = days / 365;
    const logMoneyness = Float64Array.from({ length: 9 }, (_, i) => (i - 4) * 0.5 * parameters.vol * Math.sqrt(years));
    const vols = new Float64Array(9);
    mertonVols(parameters, years, logMoneyness, vols);
    return { years, logMoneyness, vols };
  });
}

describe("Merton vols", () => {
  it("are those that invert Merton prices on either side", () => {
    const moneyness = [-0.4, -0.05, 0, 0.05, 0.4];
    const vols = new Float64Array(5);
    mertonVols(truth, 0.1, moneyness, vols);
    moneyness.forEach((k, i) => {
      for (const isCall of [true, false]) {
        const price = mertonPrice(truth, isCall, 100, 100 * Math.exp(k), 0.1);
        expect(vols[i]).to.be.closeTo(impliedVol(isCall, price, 100, 100 * Math.exp(k), 0.1), 1e-9);
      }
    });
  });

  it("are none where a price is too small to be told from none", () => {
    const vols = new Float64Array(2);
    mertonVols({ ...truth, jumpIntensity: 0 }, 0.001, [-1, 1], vols);
    expect(Array.from(vols)).to.deep.equal([Number.NaN, Number.NaN]);
  });
});

describe("Merton calibration", function () {
  this.timeout(20_000);

  it("finds the parameters that made the quotes", () => {
    const { parameters, rmse, activeBounds, condition } = calibrateMerton(surfaceOf(truth));
    expect(rmse).to.be.below(1e-6);
    expect(parameters.vol).to.be.closeTo(truth.vol, 1e-4);
    expect(parameters.jumpIntensity).to.be.closeTo(truth.jumpIntensity, 0.01);
    expect(parameters.jumpMean).to.be.closeTo(truth.jumpMean, 1e-4);
    expect(parameters.jumpSd).to.be.closeTo(truth.jumpSd, 1e-4);
    expect(activeBounds).to.deep.equal([]);
    expect(condition).to.be.within(10, 1e5);
  });

  it("fits quotes with noise at least as closely as the parameters that made them", () => {
    const ripple = (i: number, t: number) => 0.005 * Math.sin(5 * (9 * t + i));
    const noisy = surfaceOf(truth).map((slice, t) => ({
      ...slice,
      vols: Array.from(slice.vols, (vol, i) => vol + ripple(i, t)),
    }));
    const squares = noisy.flatMap(({ vols }, t) => vols.map((_, i) => ripple(i, t) ** 2));
    const made = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
    expect(calibrateMerton(noisy).rmse).to.be.below(made);
  });

  it("fits a flat surface without telling its jumps apart", () => {
    const flat = surfaceOf(truth).map((slice) => ({ ...slice, vols: Array.from(slice.vols, () => 0.5) }));
    const { rmse, condition } = calibrateMerton(flat);
    expect(rmse).to.be.below(1e-3);
    expect(condition).to.be.above(1e3);
  });

  it("refuses fewer quotes than parameters, tenors beyond its series, and what is no vol", () => {
    const [slice] = surfaceOf(truth);
    const three = { years: 0.1, logMoneyness: [-0.1, 0, 0.1], vols: [0.5, 0.5, 0.5] };
    expect(() => calibrateMerton([three])).to.throw(CalibrationInputError, "3 quotes for 4 parameters");
    expect(() => calibrateMerton([{ ...slice, years: 6 }])).to.throw(CalibrationInputError, "beyond 5 years");
    const bad = Array.from(slice.vols, (vol, i) => (i === 2 ? -vol : vol));
    expect(() => calibrateMerton([{ ...slice, vols: bad }])).to.throw(CalibrationInputError, "quote 2");
  });
});
