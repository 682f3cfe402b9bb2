import { expect } from "chai";

import type { BatesParameters } from "../../src/pricing/bates.ts";
import { batesDelta, BatesParameterError, BatesPricer } from "../../src/pricing/bates.ts";
import { blackGreeks, blackPrice, PricingDomainError } from "../../src/pricing/black-scholes.ts";
import { mertonPrice } from "../../src/pricing/merton.ts";

const NO_JUMPS = { jumpIntensity: 0, jumpMean: 0, jumpSd: 0 };
const CALM: BatesParameters = {
  kappa: 3,
  theta: 0.25,
  volOfVol: 0.8,
  rho: -0.3,
  jumpIntensity: 4,
  jumpMean: -0.03,
  jumpSd: 0.05,
};
const CRASH: BatesParameters = {
  kappa: 3,
  theta: 0.625,
  volOfVol: 2,
  rho: -0.7,
  jumpIntensity: 15,
  jumpMean: -0.12,
  jumpSd: 0.12,
};

describe("BatesPricer", () => {
  it("gives Fang and Oosterlee's Heston prices", () => {
    // Fang & Oosterlee (2008), section 5.3: S = K = 100, r = 0; T = 1: 5.785155450, T = 10: 22.318945791. Their first
    // reference is off by 1.6e-8 (as later papers note).
    const pricer = new BatesPricer({ kappa: 1.5768, theta: 0.0398, volOfVol: 0.5751, rho: -0.5711, ...NO_JUMPS });
    expect(100 * pricer.price(0.0175, 1, 0, true)).to.be.closeTo(5.78515545, 2e-8);
    expect(100 * pricer.price(0.0175, 10, 0, true)).to.be.closeTo(22.318945791, 1e-9);
  });

  it("gives Lewis's Heston prices", () => {
    // Lewis's reference prices as in QuantLib's test-suite/hestonmodel.cpp, testAlanLewisReferencePrices:
    // S = 100, r = 1 %, q = 2 %, T = 1, v0 = 0.04, kappa 4, theta 0.25, sigma 1, rho -0.5. Strike, put, call.
    const pricer = new BatesPricer({ kappa: 4, theta: 0.25, volOfVol: 1, rho: -0.5, ...NO_JUMPS });
    const forward = 100 * Math.exp(-0.01);
    const discounted = forward * Math.exp(-0.01);
    for (const [strike, put, call] of [
      [80, 7.958878113256768, 26.774758743998854],
      [90, 12.017966707346305, 20.93334900059671],
      [100, 17.05527096127011, 16.070154917028834],
      [110, 23.0178258984428, 12.132211516709845],
      [120, 29.811026202682472, 9.024913483457836],
    ]) {
      const k = Math.log(strike / forward);
      expect(discounted * pricer.price(0.04, 1, k, false), `put ${strike}`).to.be.closeTo(put, 2e-9);
      expect(discounted * pricer.price(0.04, 1, k, true), `call ${strike}`).to.be.closeTo(call, 2e-9);
    }
  });

  it("gives QuantLib 1.29's BatesEngine (160 Laguerre nodes) with jumps and vol of vol", () => {
    const pricer = new BatesPricer({
      kappa: 3,
      theta: 0.4,
      volOfVol: 1.2,
      rho: -0.5,
      jumpIntensity: 2,
      jumpMean: -0.1,
      jumpSd: 0.12,
    });
    const published: [number, number, boolean, number][] = [
      [30, 80, false, 0.9476734915669436],
      [30, 100, true, 6.666367015625248],
      [30, 120, true, 0.9766720054098315],
      [182, 70, false, 4.762776535892385],
      [182, 100, true, 16.727339205708603],
      [182, 150, true, 3.576946674705063],
      [365, 60, false, 6.2146279003892335],
      [365, 100, true, 23.922604455048493],
    ];
    for (const [days, strike, isCall, price] of published) {
      const found = 100 * pricer.price(0.3, days / 365, Math.log(strike / 100), isCall);
      expect(found, `${strike} in ${days} days`).to.be.closeTo(price, 1e-8);
    }
  });

  it("is Black's formula without vol of vol and jumps", () => {
    const pricer = new BatesPricer({ kappa: 2, theta: 0.36, volOfVol: 0, rho: 0, ...NO_JUMPS });
    for (const years of [1 / 365, 0.1, 2]) {
      for (const k of [-0.3, -0.01, 0, 0.02, 0.4]) {
        const expected = blackPrice(true, 1, Math.exp(k), years, 0.6);
        expect(pricer.price(0.36, years, k, true), `${years} ${k}`).to.be.closeTo(expected, 1e-11);
      }
    }
    // A variance that reverts counts by its average over the life.
    const average = 0.36 + ((1 - 0.36) * -Math.expm1(-2 * 0.5)) / (2 * 0.5);
    expect(pricer.impliedVol(1, 0.5, 0.1)).to.be.closeTo(Math.sqrt(average), 1e-9);
  });

  it("goes over into the case without vol of vol smoothly", () => {
    const still = new BatesPricer({ ...CALM, volOfVol: 0 });
    for (const volOfVol of [1e-9, 1e-6, 1e-4, 1e-3]) {
      const moving = new BatesPricer({ ...CALM, volOfVol });
      expect(moving.price(0.3, 0.1, -0.1, false)).to.be.closeTo(
        still.price(0.3, 0.1, -0.1, false),
        1e-11 + volOfVol * 1e-2,
      );
    }
  });

  it("is Merton's series without vol of vol, also for rare large jumps", () => {
    for (const jumps of [
      { jumpIntensity: 4, jumpMean: -0.03, jumpSd: 0.05 },
      { jumpIntensity: 0.1, jumpMean: -0.9, jumpSd: 0.45 },
      { jumpIntensity: 0.02, jumpMean: -2, jumpSd: 0.1 },
      { jumpIntensity: 200, jumpMean: 0.01, jumpSd: 0.02 },
    ]) {
      const pricer = new BatesPricer({ kappa: 1, theta: 0.16, volOfVol: 0, rho: 0, ...jumps });
      for (const years of [1 / 365, 7 / 365, 0.25, 1]) {
        for (const k of [-1, -0.2, 0, 0.05, 0.3]) {
          const expected = mertonPrice({ vol: 0.4, ...jumps }, false, 1, Math.exp(k), years);
          expect(pricer.price(0.16, years, k, false), JSON.stringify([jumps, years, k])).to.be.closeTo(expected, 2e-11);
        }
      }
    }
  });

  it("forgets jumps as they become rare and sharp ones as they become few", () => {
    const still = new BatesPricer({ ...CALM, jumpIntensity: 0 }).price(0.25, 0.1, -0.1, false);
    for (const jumpIntensity of [5e-324, 1e-300, 1e-13, 1e-10, 1e-8]) {
      expect(new BatesPricer({ ...CALM, jumpIntensity }).price(0.25, 0.1, -0.1, false)).to.be.closeTo(still, 2e-10);
      const sharp = { ...CALM, jumpIntensity, jumpSd: 0 };
      expect(new BatesPricer(sharp).price(0.25, 0.1, -0.1, false)).to.be.closeTo(still, 2e-10);
    }
  });

  it("prices a minute before expiry, also at no variance", () => {
    for (const parameters of [CALM, CRASH]) {
      const pricer = new BatesPricer(parameters);
      for (const variance of [0, 1e-6, 1e-3, 1]) {
        for (const seconds of [60, 600, 21_600]) {
          const vol = pricer.impliedVol(variance, seconds / 31_536_000, 0);
          const years = seconds / 31_536_000;
          const mean = parameters.theta + ((variance - parameters.theta) * -Math.expm1(-3 * years)) / (3 * years);
          expect(vol, `${variance} ${seconds}`).to.be.within(0.4 * Math.sqrt(mean), 1.3 * Math.sqrt(mean) + 0.1);
        }
      }
    }
  });

  it("gives a call and a put of one strike the same implied vol", () => {
    const pricer = new BatesPricer(CRASH);
    const logMoneyness = Float64Array.of(-0.2, 0, 0.2);
    const puts = new Float64Array(3);
    const calls = new Float64Array(3);
    pricer.prices(1, 7 / 365, logMoneyness, false, puts);
    pricer.prices(1, 7 / 365, logMoneyness, true, calls);
    for (const [i, k] of logMoneyness.entries()) expect(calls[i] - puts[i]).to.be.closeTo(1 - Math.exp(k), 1e-15);
    const vols = new Float64Array(3);
    pricer.impliedVols(1, 7 / 365, logMoneyness, vols);
    for (const [i, k] of logMoneyness.entries()) {
      expect(blackPrice(false, 1, Math.exp(k), 7 / 365, vols[i])).to.be.closeTo(puts[i], 1e-14);
    }
  });

  it("does not depend on what it was asked before", () => {
    const used = new BatesPricer(CALM);
    for (const variance of [1e-7, 0.01, 0.3, 2]) used.price(variance, 0.02, 0.1, true);
    used.price(0.3, 0.5, 0, true);
    expect(used.price(0.26, 0.02, -0.05, false)).to.equal(new BatesPricer(CALM).price(0.26, 0.02, -0.05, false));
  });

  it("has the derivatives of its price as delta and slope in variance", () => {
    for (const parameters of [CALM, CRASH]) {
      const pricer = new BatesPricer(parameters);
      const [variance, years, strike] = [0.3, 14 / 365, 1.05];
      const value = (forward: number, v: number): number =>
        forward * pricer.price(v, years, Math.log(strike / forward), true);
      const h = 1e-4;
      const k = Math.log(strike);
      const slope = (value(1 + h, variance) - value(1 - h, variance)) / (2 * h);
      expect(pricer.delta(variance, years, k, true)).to.be.closeTo(slope, 1e-6);
      expect(pricer.delta(variance, years, k, false)).to.be.closeTo(slope - 1, 1e-6);
      const variancePerUnit = (value(1, variance + h) - value(1, variance - h)) / (2 * h);
      expect(pricer.varianceSlope(variance, years, k)).to.be.closeTo(variancePerUnit, 1e-7);
    }
    const black = { kappa: 1, theta: 0.25, volOfVol: 0, rho: 0, ...NO_JUMPS };
    const expected = blackGreeks(true, 2000, 2100, 0.1, 0.5).delta;
    expect(batesDelta(black, 0.25, true, 2000, 2100, 0.1)).to.be.closeTo(expected, 1e-9);
  });

  it("answers NaN far outside its resolution, and only there", () => {
    const out = new Float64Array(3);
    new BatesPricer({ ...CALM, jumpIntensity: 0 }).impliedVols(0.25, 1 / 365, Float64Array.of(-3, 0, 3), out);
    expect(out[0]).to.deep.equal(NaN);
    expect(out[1]).to.be.closeTo(0.5, 0.01);
    expect(out[2]).to.deep.equal(NaN);
  });

  it("refuses parameters, variances and tenors out of range", () => {
    for (const wrong of [
      { kappa: 0 },
      { theta: -0.1 },
      { volOfVol: -1 },
      { rho: 1.1 },
      { jumpIntensity: -1 },
      { jumpMean: Number.NaN },
      { jumpSd: -0.1 },
    ]) {
      expect(() => new BatesPricer({ ...CALM, ...wrong })).to.throw(BatesParameterError, Object.keys(wrong)[0]);
    }
    const pricer = new BatesPricer(CALM);
    expect(() => pricer.price(-0.1, 0.1, 0, true)).to.throw(PricingDomainError);
    expect(() => pricer.price(0.1, 0, 0, true)).to.throw(PricingDomainError);
    expect(() => pricer.price(0.1, Number.NaN, 0, true)).to.throw(PricingDomainError);
  });
});

describe("mertonPrice", () => {
  it("gives the published values of d'Halluin, Forsyth and Vetzal", () => {
    // d'Halluin, Forsyth & Vetzal (2005), IMA Journal of Numerical Analysis 25, European options, K = 100, T = 0.25,
    // r = 5 %, vol 15 %, lambda 0.1, log jump N(-0.9, 0.45²): spot, put, call.
    const parameters = { vol: 0.15, jumpIntensity: 0.1, jumpMean: -0.9, jumpSd: 0.45 };
    const discount = Math.exp(-0.05 * 0.25);
    for (const [spot, put, call] of [
      [90, 9.285418, 0.527638],
      [100, 3.149026, 4.391246],
      [110, 1.401186, 12.643406],
    ]) {
      const forward = spot / discount;
      expect(discount * mertonPrice(parameters, false, forward, 100, 0.25)).to.be.closeTo(put, 1e-6);
      expect(discount * mertonPrice(parameters, true, forward, 100, 0.25)).to.be.closeTo(call, 1e-6);
    }
  });

  it("keeps the forward as its mean with a hundred expected jumps", () => {
    const parameters = { vol: 0.3, jumpIntensity: 100, jumpMean: -0.02, jumpSd: 0.05 };
    const call = mertonPrice(parameters, true, 100, 90, 1);
    expect(call - mertonPrice(parameters, false, 100, 90, 1)).to.be.closeTo(10, 1e-11);
  });

  it("refuses more jumps than its series is for", () => {
    const parameters = { vol: 0.3, jumpIntensity: 1000, jumpMean: 0, jumpSd: 0.05 };
    expect(() => mertonPrice(parameters, true, 100, 90, 1)).to.throw(PricingDomainError);
  });
});
