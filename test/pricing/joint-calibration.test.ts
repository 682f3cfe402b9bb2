import { expect } from "chai";

import { calibrateHeston } from "../../src/pricing/bates-calibration.ts";
import type { BatesState } from "../../src/pricing/bates-coordinates.ts";
import { BatesPricer } from "../../src/pricing/bates.ts";
import type { SmileQuotes } from "../../src/pricing/calibration-input-error.ts";
import { CalibrationInputError } from "../../src/pricing/calibration-input-error.ts";
import { calibrateJointly } from "../../src/pricing/joint-calibration.ts";

const heston: BatesState = {
  variance: 0.25,
  kappa: 3,
  theta: 0.3,
  volOfVol: 0.9,
  rho: -0.4,
  jumpIntensity: 0,
  jumpMean: 0,
  jumpSd: 0,
};
const bates: BatesState = { ...heston, jumpIntensity: 4, jumpMean: -0.06, jumpSd: 0.07 };

function surfaceOf(state: BatesState, noise = (row: number) => 0 * row): SmileQuotes[] {
  const pricer = new BatesPricer(state);
  return [3, 7, 14, 30, 60].map((days, t) => {
    const years = days / 365;
    const logMoneyness = Float64Array.from({ length: 9 }, (_, i) => (i - 4) * 0.5 * Math.sqrt(state.variance * years));
    const vols = new Float64Array(9);
    pricer.impliedVols(state.variance, years, logMoneyness, vols);
    return { years, logMoneyness, vols: vols.map((vol, i) => vol + noise(9 * t + i)) };
  });
}

const variances = [0.12, 0.25, 0.5];
const surfacesOf = (state: BatesState, noise?: (row: number) => number) =>
  variances.map((variance) => surfaceOf({ ...state, variance }, noise));

describe("joint calibration", function () {
  this.timeout(20_000);

  it("finds the parameters that several days share, and each day's variance", () => {
    const start = { ...heston, kappa: 12, theta: 0.5, volOfVol: 2, rho: 0 };
    const { parameters, variances: found, rmse, activeBounds } = calibrateJointly("Heston", surfacesOf(heston), start);
    expect(rmse).to.be.below(1e-5);
    for (const name of ["kappa", "theta", "volOfVol", "rho"] as const) {
      expect(parameters[name], name).to.be.closeTo(heston[name], 2e-3 * (1 + Math.abs(heston[name])));
    }
    found.forEach((variance, day) => expect(variance).to.be.closeTo(variances[day], 1e-3));
    expect(activeBounds).to.deep.equal([]);
  });

  it("finds jumps too", () => {
    const start = { ...bates, kappa: 8, theta: 0.5, jumpIntensity: 10, jumpMean: -0.02, jumpSd: 0.1 };
    const { parameters, rmse } = calibrateJointly("Bates", surfacesOf(bates), start);
    expect(rmse).to.be.below(2e-4);
    expect(parameters.kappa).to.be.closeTo(3, 0.5);
    expect(parameters.jumpIntensity * (parameters.jumpMean ** 2 + parameters.jumpSd ** 2)).to.be.closeTo(
      bates.jumpIntensity * (bates.jumpMean ** 2 + bates.jumpSd ** 2),
      0.01,
    );
  });

  it("tells parameters apart better than one surface of the same noise does", () => {
    const ripple = (row: number): number => 0.005 * Math.sin(5 * row);
    const one = calibrateHeston(surfaceOf(heston, ripple));
    const joint = calibrateJointly("Heston", surfacesOf(heston, ripple), one.parameters);
    expect(joint.condition).to.be.below(one.condition);
    expect(Math.abs(Math.log(joint.parameters.kappa / 3))).to.be.below(Math.abs(Math.log(one.parameters.kappa / 3)));
  });

  it("refuses surfaces that it cannot use, and none at all", () => {
    expect(() => calibrateJointly("Heston", [], heston)).to.throw(CalibrationInputError, "no surface");
    const bad = surfaceOf(heston).map((slice) => ({ ...slice, vols: Array.from(slice.vols, () => Number.NaN) }));
    expect(() => calibrateJointly("Heston", [surfaceOf(heston), bad], heston)).to.throw(CalibrationInputError, "NaN");
  });
});
