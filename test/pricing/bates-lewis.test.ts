import { expect } from "chai";
import fc from "fast-check";

import { lewisImpliedVol, lewisPrice } from "../../src/pricing/bates-lewis.ts";
import type { BatesParameters } from "../../src/pricing/bates.ts";
import { BatesPricer } from "../../src/pricing/bates.ts";
import { blackPrice, PricingDomainError } from "../../src/pricing/black-scholes.ts";
import { integrate } from "../../src/pricing/gauss-kronrod.ts";
import { mertonPrice } from "../../src/pricing/merton.ts";
import { minimumVarianceDelta } from "../../src/pricing/minimum-variance-delta.ts";

const CALM = { kappa: 3, theta: 0.25, volOfVol: 0.8, rho: -0.3, jumpIntensity: 4, jumpMean: -0.03, jumpSd: 0.05 };
const CRASH = { kappa: 3, theta: 0.625, volOfVol: 2, rho: -0.7, jumpIntensity: 15, jumpMean: -0.12, jumpSd: 0.12 };
const NO_JUMPS = { jumpIntensity: 0, jumpMean: 0, jumpSd: 0 };

describe("lewisPrice", () => {
  it("gives Lewis's Heston prices", () => {
    // As in QuantLib's test-suite/hestonmodel.cpp, testAlanLewisReferencePrices: r = 1 %, q = 2 %, T = 1.
    const heston: BatesParameters = { kappa: 4, theta: 0.25, volOfVol: 1, rho: -0.5, ...NO_JUMPS };
    const forward = 100 * Math.exp(-0.01);
    for (const [strike, put, call] of [
      [80, 7.958878113256768, 26.774758743998854],
      [100, 17.05527096127011, 16.070154917028834],
      [120, 29.811026202682472, 9.024913483457836],
    ]) {
      const k = Math.log(strike / forward);
      const scale = forward * Math.exp(-0.01);
      expect(scale * lewisPrice(heston, 0.04, 1, k, false)).to.be.closeTo(put, 1e-10);
      expect(scale * lewisPrice(heston, 0.04, 1, k, true)).to.be.closeTo(call, 1e-10);
    }
  });

  it("agrees with the cosine series to a hundredth of a vol point and to 1e-10 in price", () => {
    for (const parameters of [CALM, CRASH]) {
      const pricer = new BatesPricer(parameters);
      for (const days of [0.5, 7, 90]) {
        for (const variance of [0.05, 0.25, 1]) {
          const years = days / 365;
          for (const deviations of [-2.5, -1, 0, 1, 2.5]) {
            const k = deviations * Math.sqrt(variance * years);
            const where = JSON.stringify([parameters.kappa, days, variance, deviations]);
            const price = pricer.price(variance, years, k, k > 0);
            expect(lewisPrice(parameters, variance, years, k, k > 0), where).to.be.closeTo(price, 1e-10);
            const vol = pricer.impliedVol(variance, years, k);
            expect(lewisImpliedVol(parameters, variance, years, k), where).to.be.closeTo(vol, 1e-4);
          }
        }
      }
    }
  });

  it("agrees with the cosine series for any market, from a minute to two years", () => {
    const between = (min: number, max: number) => fc.double({ min, max, noNaN: true });
    const market = fc.record({
      kappa: between(1, 10),
      theta: between(0.04, 2),
      volOfVol: between(0, 2.5),
      rho: between(-0.95, 0.5),
      jumpIntensity: between(0, 50),
      jumpMean: between(-0.3, 0.1),
      jumpSd: between(0.02, 0.3),
    });
    const state = fc.record({
      variance: between(1e-3, 3),
      logYears: between(Math.log(60 / 31_536_000), Math.log(2)),
      deviations: between(-3, 3),
    });
    fc.assert(
      fc.property(market, state, (parameters, { variance, logYears, deviations }) => {
        const years = Math.exp(logYears);
        const k = deviations * Math.sqrt(variance * years);
        const price = new BatesPricer(parameters).price(variance, years, k, k > 0);
        return Math.abs(lewisPrice(parameters, variance, years, k, k > 0) - price) <= 1e-10;
      }),
      { numRuns: 60 },
    );
  });

  it("is Black's and Merton's price without vol of vol", () => {
    const still = { kappa: 2, theta: 0.36, volOfVol: 0, rho: 0 };
    expect(lewisPrice({ ...still, ...NO_JUMPS }, 0.36, 0.1, 0.05, true)).to.be.closeTo(
      blackPrice(true, 1, Math.exp(0.05), 0.1, 0.6),
      1e-11,
    );
    const jumps = { jumpIntensity: 4, jumpMean: -0.1, jumpSd: 0.1 };
    expect(lewisPrice({ ...still, ...jumps }, 0.36, 0.1, -0.3, false)).to.be.closeTo(
      mertonPrice({ vol: 0.6, ...jumps }, false, 1, Math.exp(-0.3), 0.1),
      1e-11,
    );
  });

  it("refuses what has no price", () => {
    expect(() => lewisPrice(CALM, -1, 1, 0, true)).to.throw(PricingDomainError);
    expect(() => lewisPrice(CALM, 1, 0, 0, true)).to.throw(PricingDomainError);
  });
});

describe("integrate", () => {
  it("integrates what has a closed form", () => {
    expect(integrate((x) => Math.exp(-x * x), 0, 10, 1e-13)).to.be.closeTo(Math.sqrt(Math.PI) / 2, 1e-13);
    expect(integrate(Math.sqrt, 0, 1, 1e-10)).to.be.closeTo(2 / 3, 1e-9);
  });

  it("says when it does not settle", () => {
    expect(() => integrate((x) => 1 / x, 0, 1, 1e-9)).to.throw("does not settle");
  });
});

describe("minimumVarianceDelta", () => {
  const [variance, years, k] = [0.3, 14 / 365, 0.05];

  it("adds the vol risk that moves with the price when there are no jumps", () => {
    const heston = new BatesPricer({ ...CALM, ...NO_JUMPS });
    const expected = heston.delta(variance, years, k, true) - 0.3 * 0.8 * heston.varianceSlope(variance, years, k);
    expect(minimumVarianceDelta(heston, variance, years, k, true)).to.be.closeTo(expected, 1e-14);
  });

  it("is one for what moves as the underlying, and parity holds", () => {
    const crash = new BatesPricer(CRASH);
    expect(minimumVarianceDelta(crash, variance, years, -3, true)).to.be.closeTo(1, 1e-6);
    const call = minimumVarianceDelta(crash, variance, years, k, true);
    expect(call - minimumVarianceDelta(crash, variance, years, k, false)).to.be.closeTo(1, 1e-9);
  });

  it("is the regression of the option's move on the price's over a short step", () => {
    // Two-point check of the formula: with a single jump size and next to no diffusion, the hedge is the chord.
    const jumps = { jumpIntensity: 50, jumpMean: -0.2, jumpSd: 0 };
    const pricer = new BatesPricer({ kappa: 1, theta: 1e-4, volOfVol: 0, rho: 0, ...jumps });
    const still = 1e-4;
    const before = pricer.price(still, years, k, true);
    const after = Math.exp(-0.2) * pricer.price(still, years, k + 0.2, true);
    expect(minimumVarianceDelta(pricer, still, years, k, true)).to.be.closeTo(
      (after - before) / Math.expm1(-0.2),
      1e-5,
    );
  });
});
