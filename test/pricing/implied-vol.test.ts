import { expect } from "chai";
import fc from "fast-check";

import { blackPrice } from "../../src/pricing/black-scholes.ts";
import { impliedVol, impliedVolOrNaN, NoImpliedVolError } from "../../src/pricing/implied-vol.ts";

describe("impliedVol", () => {
  it("gives Hull's example", () => {
    // Hull, section 15.11: a call at 1.875 on S = 21, K = 20, r = 10 %, T = 0.25 implies 23.5 %.
    const growth = Math.exp(0.025);
    expect(impliedVol(true, 1.875 * growth, 21 * growth, 20, 0.25)).to.be.closeTo(0.235, 5e-4);
  });

  it("returns the vol that made an out-of-the-money price, from 60 seconds to two years and 5 % to 500 %", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -8, max: 8, noNaN: true }),
        fc.double({ min: 60 / 31_536_000, max: 2, noNaN: true }),
        fc.double({ min: 0.05, max: 5, noNaN: true }),
        (deviations, years, vol) => {
          const logMoneyness = deviations * Math.min(0.5, vol * Math.sqrt(years));
          const strike = 2000 * Math.exp(logMoneyness);
          const isCall = strike > 2000;
          const recovered = impliedVol(isCall, blackPrice(isCall, 2000, strike, years, vol), 2000, strike, years);
          // A few roundings of the forward, over the deviation: what the price itself does not resolve.
          return Math.abs(recovered / vol - 1) <= 1e-12 + 1e-14 / (vol * Math.sqrt(years));
        },
      ),
      { numRuns: 500 },
    );
  });

  it("uses the time value of an in-the-money price", () => {
    const price = blackPrice(true, 2000, 1500, 0.1, 0.8);
    expect(impliedVol(true, price, 2000, 1500, 0.1)).to.be.closeTo(0.8, 1e-9);
  });

  it("works far below and far above the inflection point", () => {
    for (const vol of [0.02, 0.2, 3, 12]) {
      for (const strike of [2000, 2100, 4000]) {
        const price = blackPrice(true, 2000, strike, 0.5, vol);
        if (price < 1e-290) continue;
        expect(impliedVol(true, price, 2000, strike, 0.5) / vol, `vol ${vol} strike ${strike}`).to.be.closeTo(1, 1e-10);
      }
    }
  });

  it("refuses premiums that no vol explains, and says the bounds", () => {
    const refused: [boolean, number, number, number, number][] = [
      [true, 0, 100, 110, 1],
      [true, 100, 100, 110, 1],
      [true, 10, 110, 100, 1],
      [false, 111, 100, 110, 1],
      [true, 5, 100, 110, 0],
      [true, Number.NaN, 100, 110, 1],
    ];
    for (const [isCall, premium, forward, strike, years] of refused) {
      expect(() => impliedVol(isCall, premium, forward, strike, years)).to.throw(NoImpliedVolError);
      expect(impliedVolOrNaN(isCall, premium, forward, strike, years)).to.deep.equal(NaN);
    }
    expect(() => impliedVol(true, 10, 110, 100, 1)).to.throw("outside (10, 110)");
  });
});
