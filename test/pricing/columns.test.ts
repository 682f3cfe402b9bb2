import { expect } from "chai";

import { affineExponent, affineExponents } from "../../src/pricing/bates-transform.ts";
import type { BatesParameters } from "../../src/pricing/bates.ts";
import { BatesPricer } from "../../src/pricing/bates.ts";
import {
  vanillaGreekColumns,
  vanillaGreekNames,
  vanillaGreeks,
  vanillaGreeksMany,
} from "../../src/pricing/black-scholes-merton.ts";
import { blackPrice, blackPrices, blackVega, blackVegas } from "../../src/pricing/black-scholes.ts";
import { ColumnLengthError } from "../../src/pricing/columns.ts";
import { assetOrNothing, assetOrNothingMany, cashOrNothing, cashOrNothingMany } from "../../src/pricing/digital.ts";
import { impliedVol, impliedVols } from "../../src/pricing/implied-vol.ts";
import { mertonPrice, mertonPrices, mertonVol, mertonVols } from "../../src/pricing/merton.ts";
import { sabrVol, sabrVols } from "../../src/pricing/sabr.ts";
import { ssviVol, ssviVols } from "../../src/pricing/ssvi.ts";
import { sviVol, sviVols } from "../../src/pricing/svi.ts";
import { vanillaImpliedVol, vanillaImpliedVols } from "../../src/pricing/vanilla-implied-vol.ts";
import { createRandom } from "../../src/random/random.ts";

const COUNT = 200;
const random = createRandom(1, "columns");
const column = (low: number, high: number, purpose: number) =>
  Float64Array.from({ length: COUNT }, (_, i) => low + (high - low) * random.uniform(i, purpose));
const isCall = Uint8Array.from({ length: COUNT }, (_, i) => i % 2);
const [spots, strikes, years, vols] = [
  column(50, 150, 0),
  column(50, 150, 1),
  column(0.002, 2, 2),
  column(0.1, 1.5, 3),
];
const options = { isCall, spots, strikes, years, rates: column(-0.02, 0.05, 4), dividends: column(0, 0.03, 5), vols };
const quotes = { isCall, forwards: spots, strikes, years, vols };
const optionAt = (i: number) => ({
  isCall: isCall[i] === 1,
  spot: spots[i],
  strike: strikes[i],
  years: years[i],
  rate: options.rates[i],
  dividend: options.dividends[i],
  vol: vols[i],
});
const k = column(-0.6, 0.6, 6);
const bates: BatesParameters = {
  kappa: 3,
  theta: 0.4,
  volOfVol: 1.2,
  rho: -0.5,
  jumpIntensity: 2,
  jumpMean: -0.1,
  jumpSd: 0.12,
};
const merton = { vol: 0.45, jumpIntensity: 4, jumpMean: -0.06, jumpSd: 0.08 };

/** Compares bits: NaN, which marks a row without value, is where the single call throws. */
function expectSame(many: Float64Array, single: (i: number) => number, missing = 0): void {
  let none = 0;
  many.forEach((value, i) => {
    if (Number.isNaN(value)) {
      none++;
      expect(() => single(i), `row ${i}`).to.throw();
    } else {
      expect(value, `row ${i}`).to.equal(single(i));
    }
  });
  expect(none).to.equal(missing);
}

describe("columns of options are priced as single ones to the bit", () => {
  const out = new Float64Array(COUNT);

  it("by Black's formula: prices and vegas", () => {
    blackPrices(quotes, out);
    expectSame(out, (i) => blackPrice(isCall[i] === 1, spots[i], strikes[i], years[i], vols[i]));
    blackVegas(quotes, out);
    expectSame(out, (i) => blackVega(spots[i], strikes[i], years[i], vols[i]));
  });

  it("with rates and yields: all Greeks, and digitals", () => {
    const greeks = vanillaGreekColumns(COUNT);
    vanillaGreeksMany(options, greeks);
    for (const name of vanillaGreekNames) expectSame(greeks[name], (i) => vanillaGreeks(optionAt(i))[name]);
    cashOrNothingMany(options, out);
    expectSame(out, (i) => cashOrNothing(optionAt(i)));
    assetOrNothingMany(options, out);
    expectSame(out, (i) => assetOrNothing(optionAt(i)));
  });

  it("as implied vols, and the rows without one are counted", () => {
    const premiums = new Float64Array(COUNT);
    blackPrices(quotes, premiums);
    // Below intrinsic value, and beyond the bound.
    premiums[3] = -1;
    premiums[4] = 1000;
    const missing = impliedVols({ ...quotes, premiums }, out);
    expect(missing).to.be.at.least(2);
    expectSame(out, (i) => impliedVol(isCall[i] === 1, premiums[i], spots[i], strikes[i], years[i]), missing);
    const greeks = vanillaGreekColumns(COUNT);
    vanillaGreeksMany(options, greeks);
    const lost = vanillaImpliedVols(options, greeks.price, out);
    expectSame(out, (i) => vanillaImpliedVol(optionAt(i), greeks.price[i]), lost);
  });

  it("under Merton and Bates: prices, vols, deltas, slopes and transforms", () => {
    mertonPrices(merton, quotes, out);
    expectSame(out, (i) => mertonPrice(merton, isCall[i] === 1, spots[i], strikes[i], years[i]));
    expectSame(out, (i) => mertonVol(merton, 0.02, k[i]), mertonVols(merton, 0.02, k, out));
    const [pricer, single] = [new BatesPricer(bates), new BatesPricer(bates)];
    pricer.prices(0.3, 0.2, k, true, out);
    expectSame(out, (i) => single.price(0.3, 0.2, k[i], true));
    const missing = pricer.impliedVols(0.3, 0.001, k, out);
    expect(missing).to.be.within(1, COUNT - 1);
    expectSame(out, (i) => single.impliedVol(0.3, 0.001, k[i]), missing);
    pricer.deltas(0.3, 0.2, k, false, out);
    expectSame(out, (i) => single.delta(0.3, 0.2, k[i], false));
    pricer.varianceSlopes(0.3, 0.2, k, out);
    expectSame(out, (i) => single.varianceSlope(0.3, 0.2, k[i]));
    const exponents = { aRe: out.slice(), aIm: out.slice(), bRe: out.slice(), bIm: out.slice() };
    affineExponents(bates, 0.2, k, strikes, exponents);
    const one = { aRe: 0, aIm: 0, bRe: 0, bIm: 0 };
    for (let i = 0; i < COUNT; i++) {
      affineExponent(bates, 0.2, k[i], strikes[i], one);
      expect([exponents.aRe[i], exponents.aIm[i], exponents.bRe[i], exponents.bIm[i]]).to.deep.equal([
        one.aRe,
        one.aIm,
        one.bRe,
        one.bIm,
      ]);
    }
  });

  it("on smiles: SVI, SSVI and SABR", () => {
    const svi = { a: 0.02, b: 0.1, rho: -0.3, m: 0.02, sigma: 0.15 };
    sviVols(svi, 0.25, k, out);
    expectSame(out, (i) => sviVol(svi, 0.25, k[i]));
    const ssvi = { years: [0.1, 0.5, 1], thetas: [0.02, 0.1, 0.2], rho: -0.4, eta: 1, gamma: 0.4 };
    ssviVols(ssvi, 0.3, k, out);
    expectSame(out, (i) => ssviVol(ssvi, 0.3, k[i]));
    const sabr = { alpha: 0.6, beta: 0.8, rho: -0.3, nu: 1 };
    const missing = sabrVols(sabr, 100, 0.5, k, out);
    expectSame(out, (i) => sabrVol(sabr, 100, 100 * Math.exp(k[i]), 0.5), missing);
  });

  it("and columns that differ in length are refused by name", () => {
    const message = "blackPrices: column strikes has 199 entries for 200 rows";
    expect(() => blackPrices({ ...quotes, strikes: strikes.slice(1) }, out)).to.throw(ColumnLengthError, message);
  });
});
