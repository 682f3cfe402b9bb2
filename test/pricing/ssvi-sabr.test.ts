import { expect } from "chai";
import fc from "fast-check";

import { butterflies, calendarCrossings } from "../../src/pricing/arbitrage.ts";
import { CalibrationInputError } from "../../src/pricing/calibration-input-error.ts";
import { calibrateSabr } from "../../src/pricing/sabr-calibration.ts";
import type { SabrParameters } from "../../src/pricing/sabr.ts";
import { SabrDomainError, sabrVol, sabrVols } from "../../src/pricing/sabr.ts";
import { calibrateSsvi } from "../../src/pricing/ssvi-calibration.ts";
import type { SsviSurface } from "../../src/pricing/ssvi.ts";
import {
  SsviParameterError,
  ssviConditions,
  ssviSlice,
  ssviSurfaceVariance,
  ssviTotalVariance,
  ssviCurvature,
} from "../../src/pricing/ssvi.ts";
import { sviButterfly, sviTotalVariance, toJumpWings } from "../../src/pricing/svi.ts";

const surface: SsviSurface = {
  years: [0.02, 0.08, 0.25, 1],
  thetas: [0.01, 0.04, 0.11, 0.4],
  rho: -0.4,
  eta: 1.1,
  gamma: 0.4,
};
const strikes = Float64Array.from({ length: 9 }, (_, i) => -0.4 + i / 10);

function quotesOf(of: SsviSurface, noise = (row: number) => row * 0) {
  return of.years.map((years, t) => ({
    years,
    logMoneyness: strikes,
    vols: Array.from(strikes, (k, i) => Math.sqrt(ssviSurfaceVariance(of, years, k) / years) + noise(9 * t + i)),
  }));
}

describe("SSVI surfaces", () => {
  it("are raw SVI slices at each tenor, with θ at the money", () => {
    surface.thetas.forEach((theta, i) => {
      const slice = ssviSlice(surface, i);
      const phi = ssviCurvature(surface, theta);
      for (const k of [-2, -0.3, 0, 0.4, 2]) {
        expect(sviTotalVariance(slice, k)).to.be.closeTo(ssviTotalVariance(theta, phi, surface.rho, k), 1e-14);
      }
      expect(sviTotalVariance(slice, 0)).to.be.closeTo(theta, 1e-15);
      // Gatheral & Jacquier (2014), equation 4.3: ψ = ρφ√θ/2, c - p = 4ψ... as slopes √θφ(1 ± ρ)/2.
      const wings = toJumpWings(slice, surface.years[i]);
      expect(wings.skew).to.be.closeTo(0.5 * surface.rho * Math.sqrt(theta) * phi, 1e-12);
      expect(wings.callSlope).to.be.closeTo(0.5 * Math.sqrt(theta) * phi * (1 + surface.rho), 1e-12);
    });
  });

  it("that meet the sufficient conditions have no butterflies and no crossing tenors", () => {
    const any = fc.record({
      rho: fc.double({ min: -0.95, max: 0.95, noNaN: true }),
      eta: fc.double({ min: 0.05, max: 4, noNaN: true }),
      gamma: fc.double({ min: 0.02, max: 0.9, noNaN: true }),
      thetas: fc.array(fc.double({ min: 0.001, max: 2, noNaN: true }), { minLength: 3, maxLength: 3 }),
    });
    let free = 0;
    fc.assert(
      fc.property(any, ({ thetas, ...rest }) => {
        const tested = { ...rest, thetas: [...thetas].sort((a, b) => a - b), years: [0.1, 0.5, 1] };
        if (!ssviConditions(tested).isFree) return;
        free++;
        const slices = [0, 1, 2].map((i) => ssviSlice(tested, i));
        for (const slice of slices) expect(butterflies((k) => sviButterfly(slice, k)).violations).to.equal(0);
        const found = calendarCrossings(slices.map((slice) => (k) => sviTotalVariance(slice, k)));
        expect(found.violations).to.equal(0);
      }),
    );
    expect(free).to.be.greaterThan(20);
  });

  it("that break a condition say which and by how much", () => {
    expect(ssviConditions(surface).isFree).to.equal(true);
    const steep = ssviConditions({ ...surface, eta: 6 });
    expect(steep.isFree).to.equal(false);
    expect(steep.curvature).to.be.lessThan(0);
    const falling = ssviConditions({ ...surface, thetas: [0.01, 0.04, 0.03, 0.4] });
    expect(falling.risingTheta).to.be.closeTo(-0.01, 1e-15);
    expect(falling.isFree).to.equal(false);
  });

  it("run linearly in θ between tenors, and refuse no time and parameters out of range", () => {
    expect(ssviSurfaceVariance(surface, 0.05, 0)).to.be.closeTo(0.025, 1e-15);
    expect(ssviSurfaceVariance(surface, 0.01, 0)).to.be.closeTo(0.005, 1e-15);
    expect(ssviSurfaceVariance(surface, 2, 0)).to.be.closeTo(0.4 + 0.29 / 0.75, 1e-12);
    expect(() => ssviSurfaceVariance(surface, 0, 0)).to.throw(SsviParameterError);
    expect(() => ssviSlice({ ...surface, rho: 1 }, 0)).to.throw(SsviParameterError, "ρ");
    expect(() => ssviSlice({ ...surface, gamma: NaN }, 0)).to.throw(SsviParameterError, "γ");
    expect(() => ssviSlice({ ...surface, thetas: [1] }, 0)).to.throw(SsviParameterError, "one θ");
  });

  it("are found again from their own quotes, and stay free of arbitrage under noise", () => {
    const fit = calibrateSsvi(quotesOf(surface));
    expect(fit.rmse).to.be.lessThan(1e-10);
    expect(fit.worst).to.be.lessThan(1e-10);
    expect(fit.parameters.rho).to.be.closeTo(surface.rho, 1e-7);
    expect(fit.parameters.eta).to.be.closeTo(surface.eta, 1e-7);
    expect(fit.activeBounds).to.deep.equal([]);
    const noisy = calibrateSsvi(quotesOf(surface, (row) => 0.05 * Math.sin(5 * row)));
    expect(noisy.rmse).to.be.lessThan(0.05);
    expect(ssviConditions(noisy.parameters).isFree).to.equal(true);
  });

  it("are found with γ above one half too, as short tenors have it, within the conditions at their tenors", () => {
    const steep = { ...surface, gamma: 0.6, eta: 0.5 };
    expect(ssviConditions(steep).isFree).to.equal(true);
    const fit = calibrateSsvi(quotesOf(steep));
    expect(fit.parameters.gamma).to.be.closeTo(0.6, 1e-6);
    expect(fit.activeBounds).to.deep.equal([]);
    // Quotes that break the conditions are met at their edge.
    const held = calibrateSsvi(quotesOf({ ...surface, eta: 4 }));
    expect(held.activeBounds).to.include("eta");
    expect(ssviConditions(held.parameters).isFree).to.equal(true);
  });

  it("cannot be calibrated to nothing, to tenors out of order or to what is no vol", () => {
    const quotes = quotesOf(surface);
    expect(() => calibrateSsvi([])).to.throw(CalibrationInputError, "no tenors");
    expect(() => calibrateSsvi([quotes[1], quotes[0]])).to.throw(CalibrationInputError, "do not rise");
    const broken = [{ ...quotes[0], vols: quotes[0].vols.map((vol, i) => (i === 4 ? Infinity : vol)) }];
    expect(() => calibrateSsvi(broken)).to.throw(CalibrationInputError, "vol Infinity (quote 4");
  });
});

describe("SABR", () => {
  it("gives QuantLib 1.29's sabrVolatility", () => {
    const rates = { alpha: 0.04, beta: 0.5, rho: -0.3, nu: 0.6 };
    const expected = [
      [0.02, 0.38684210464271906],
      [0.035, 0.25829708697260295],
      [0.05, 0.18684884940136232],
      [0.065, 0.17526296384241427],
      [0.09, 0.20545782795565715],
    ];
    for (const [strike, vol] of expected) expect(sabrVol(rates, 0.05, strike, 2)).to.be.closeTo(vol, 1e-14);
    const crypto = { alpha: 0.8, beta: 1, rho: -0.4, nu: 1.7 };
    const lognormal = [
      [1800, 1.050576365913102],
      [2500, 0.8844707934329352],
      [3000, 0.8094066666666667],
      [5000, 0.7878872422280342],
    ];
    for (const [strike, vol] of lognormal) expect(sabrVol(crypto, 3000, strike, 0.25)).to.be.closeTo(vol, 1e-13);
  });

  it("is smooth through the money and flat without vol of vol at β = 1", () => {
    const parameters = { alpha: 0.8, beta: 0.7, rho: -0.4, nu: 1.7 };
    const at = sabrVol(parameters, 100, 100, 0.5);
    for (const k of [1e-12, 1e-9, 1e-7, 1e-6, 1e-5]) {
      expect(sabrVol(parameters, 100, 100 * (1 + k), 0.5)).to.be.closeTo(at, 2 * k + 1e-12);
    }
    expect(sabrVol({ alpha: 0.6, beta: 1, rho: 0.3, nu: 0 }, 100, 250, 3)).to.equal(0.6);
  });

  it("keeps its precision in the far put wing, where the logarithm's argument cancels", () => {
    // x(z) in the other, longer form: -ln((√(1 - 2ρz + z²) - z + ρ)/(1 + ρ)).
    const parameters = { alpha: 0.1, beta: 1, rho: -0.5, nu: 4 };
    const z = (4 / 0.1) * Math.log(1 / 40);
    const x = -Math.log((Math.sqrt(1 + z + z * z) - z - 0.5) / 0.5);
    expect(sabrVol(parameters, 1, 40, 1e-9)).to.be.closeTo((0.1 * z) / x, 1e-8);
  });

  it("refuses parameters out of range, and a point where the expansion is negative", () => {
    const parameters: SabrParameters = { alpha: 0.5, beta: 1, rho: 0, nu: 1 };
    expect(() => sabrVol({ ...parameters, alpha: 0 }, 1, 1, 1)).to.throw(SabrDomainError, "α > 0");
    expect(() => sabrVol({ ...parameters, rho: NaN }, 1, 1, 1)).to.throw(SabrDomainError);
    expect(() => sabrVol(parameters, 1, -1, 1)).to.throw(SabrDomainError, "positive prices");
    expect(() => sabrVol({ ...parameters, rho: -0.95, nu: 3 }, 1, 1, 5)).to.throw(SabrDomainError, "expansion");
  });

  it("is found again from its own smile, for tenors from a week to two years", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.2, max: 1.5, noNaN: true }),
        fc.double({ min: -0.85, max: 0.85, noNaN: true }),
        fc.double({ min: 0.3, max: 1.2, noNaN: true }),
        fc.constantFrom(0.02, 0.25, 1),
        fc.constantFrom(0.5, 1),
        (vol, rho, size, years, beta) => {
          const alpha = vol * Math.pow(3000, 1 - beta);
          const parameters = { alpha, beta, rho, nu: size / Math.sqrt(years) };
          const vols = new Float64Array(9);
          sabrVols(parameters, 3000, years, strikes, vols);
          fc.pre(vols.every((one) => one > 0));
          const fit = calibrateSabr({ years, logMoneyness: strikes, vols }, 3000, beta);
          expect(fit.rmse).to.be.lessThan(1e-5);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("cannot be calibrated below three strikes or with β out of range", () => {
    const smile = { years: 1, logMoneyness: [-0.1, 0, 0.1], vols: [0.6, 0.5, 0.55] };
    expect(calibrateSabr(smile, 100).rmse).to.be.lessThan(1e-6);
    expect(() => calibrateSabr(smile, 100, 1.5)).to.throw(CalibrationInputError, "β 1.5");
    expect(() => calibrateSabr(smile, NaN)).to.throw(CalibrationInputError, "forward NaN");
    const two = { years: 1, logMoneyness: [0, 0.1], vols: [0.6, 0.5] };
    expect(() => calibrateSabr(two, 100)).to.throw(CalibrationInputError, "2 different strikes where it needs 3");
  });
});
