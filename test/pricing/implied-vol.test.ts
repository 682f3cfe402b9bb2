import { expect } from "chai";
import fc from "fast-check";

import { blackPrice } from "../../src/pricing/black-scholes.ts";
import { impliedVol, impliedVolOrNaN, NoImpliedVolError } from "../../src/pricing/implied-vol.ts";
import { normalisedBlackPrice } from "../../src/pricing/normalised-black.ts";

/**
 * Strike, premium of the call on 100 at one year, and its vol: the premium is the double nearest to Black's price, the vol
 * that of the double, both by mpmath 1.3 with 60 digits. From zero to thirty deviations out of the money.
 */
const exact: readonly (readonly [number, number, number])[] = [
  [100.0, 3.989422804014327e-9, 1e-10],
  [100.000000005, 1.9779643503132676e-9, 1e-10],
  [100.00000003, 3.82154941800024e-12, 1e-10],
  [100.00000012000001, 1.4605026074571824e-42, 1e-10],
  [100.0000003, 1.6319766068797435e-207, 1e-10],
  [100.0, 3.98942280401416e-5, 1e-6],
  [100.00005000001251, 1.977966068281937e-5, 1e-6],
  [100.00030000045, 3.82154890330566e-8, 1e-6],
  [100.00120000720003, 1.460528880589569e-38, 1e-6],
  [100.00300004500045, 1.6319812146449267e-203, 1e-6],
  [100.0, 0.039894226377883826, 0.001],
  [100.05001250208359, 0.019784600011016704, 0.001],
  [100.3004504503377, 3.827279372473394e-5, 0.001],
  [101.20722888660778, 1.4693093984765127e-35, 0.001],
  [103.0454533953517, 1.6566203950358992e-200, 0.001],
  [100.0, 0.7978712629263207, 0.02],
  [101.00501670841679, 0.3975658959380625, 0.02],
  [106.18365465453596, 0.0007875512086111241, 0.02],
  [127.12491503214048, 3.2933011809327353e-34, 0.02],
  [182.2118800390509, 4.405602542327911e-199, 0.02],
  [100.0, 11.923538474048502, 0.3],
  [116.1834242728283, 6.359490793581612, 0.3],
  [245.96031111569494, 0.01780587664799379, 0.3],
  [3659.8234443677975, 2.621427344242908e-32, 0.3],
  [810308.3927575385, 4.357927742067039e-196, 0.3],
  [100.0, 45.14937644998528, 1.2],
  [182.2118800390509, 29.26281570517005, 1.2],
  [3659.8234443677975, 0.23744424400076297, 1.2],
  [179407477.2606212, 1.9655021340042628e-29, 1.2],
  [100.0, 98.75806693484478, 5.000000000000003],
  [1218.2493960703473, 96.08047434339217, 5.000000000000001],
  [326901737.24721104, 24.64603291293556, 5.0],
];

describe("impliedVol", () => {
  it("is exact to 1e-15 from deviations of 1e-10 to 5 and premiums down to 1e-207, as mpmath has it in 60 digits", () => {
    for (const [strike, premium, vol] of exact) {
      const found = impliedVol(true, premium, 100, strike, 1);
      expect(Math.abs(found / vol - 1), `strike ${strike}, vol ${vol}`).to.be.lessThan(1e-15);
      // A put on the strike struck at the forward is the same option with the two exchanged.
      expect(Math.abs(impliedVol(false, premium, strike, 100, 1) / vol - 1)).to.be.lessThan(1e-15);
      const distance = Math.log1p((strike - 100) / 100);
      const relative = normalisedBlackPrice(distance, vol) / (premium / Math.sqrt(100 * strike));
      expect(Math.abs(relative - 1), `strike ${strike}`).to.be.lessThan(1e-15 * (1 + (distance / vol) ** 2));
    }
  });

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
