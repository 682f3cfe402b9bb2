import { expect } from "chai";
import fc from "fast-check";

import {
  blackGreeks,
  blackPrice,
  blackPrices,
  blackVega,
  blackVegas,
  PricingDomainError,
} from "../../src/pricing/black-scholes.ts";

const option = fc.record({
  forward: fc.double({ min: 1, max: 1e5, noNaN: true }),
  logMoneyness: fc.double({ min: -1.5, max: 1.5, noNaN: true }),
  years: fc.double({ min: 60 / 31_536_000, max: 2, noNaN: true }),
  vol: fc.double({ min: 0.05, max: 5, noNaN: true }),
});

describe("blackPrice", () => {
  it("gives Haug's price of a call and a put on Brent futures", () => {
    // Haug (2007), section 1.1.5: F = X = 19, T = 0.75, r = 10 %, vol 28 %: both 1.7011.
    const discount = Math.exp(-0.1 * 0.75);
    expect(discount * blackPrice(true, 19, 19, 0.75, 0.28)).to.be.closeTo(1.7011, 5e-5);
    expect(discount * blackPrice(false, 19, 19, 0.75, 0.28)).to.be.closeTo(1.7011, 5e-5);
  });

  it("gives Haug's price of a call on a stock", () => {
    // Haug (2007), section 1.1.1: S = 60, X = 65, T = 0.25, r = 8 %, vol 30 %: 2.1334.
    expect(Math.exp(-0.02) * blackPrice(true, 60 * Math.exp(0.02), 65, 0.25, 0.3)).to.be.closeTo(2.1334, 5e-5);
  });

  it("gives Hull's example", () => {
    // Hull, Options, Futures and Other Derivatives, example 15.6: S = 42, K = 40, r = 10 %, vol 20 %, T = 0.5.
    const forward = 42 * Math.exp(0.05);
    expect(Math.exp(-0.05) * blackPrice(true, forward, 40, 0.5, 0.2)).to.be.closeTo(4.76, 5e-3);
    expect(Math.exp(-0.05) * blackPrice(false, forward, 40, 0.5, 0.2)).to.be.closeTo(0.81, 5e-3);
  });

  it("holds put–call parity and the no-arbitrage bounds", () => {
    fc.assert(
      fc.property(option, ({ forward, logMoneyness, years, vol }) => {
        const strike = forward * Math.exp(logMoneyness);
        const call = blackPrice(true, forward, strike, years, vol);
        const put = blackPrice(false, forward, strike, years, vol);
        const scale = Math.max(forward, strike);
        return (
          Math.abs(call - put - (forward - strike)) <= 1e-15 * scale &&
          call >= Math.max(0, forward - strike) &&
          put >= Math.max(0, strike - forward) &&
          call <= forward * (1 + 1e-15) &&
          put <= strike * (1 + 1e-15)
        );
      }),
    );
  });

  it("rises with vol and time, and is convex in strike", () => {
    fc.assert(
      fc.property(option, ({ forward, logMoneyness, years, vol }) => {
        const strike = forward * Math.exp(logMoneyness);
        const price = blackPrice(true, forward, strike, years, vol);
        const slack = 1e-13 * forward;
        const wing = 0.01 * strike;
        const butterfly =
          blackPrice(true, forward, strike - wing, years, vol) +
          blackPrice(true, forward, strike + wing, years, vol) -
          2 * price;
        return (
          blackPrice(true, forward, strike, years, vol * 1.01) >= price - slack &&
          blackPrice(true, forward, strike, years * 1.01, vol) >= price - slack &&
          butterfly >= -slack
        );
      }),
    );
  });

  it("stays positive and finite ten and twenty deviations out of the money", () => {
    const vol = 0.6;
    const years = 7 / 365;
    const deviation = vol * Math.sqrt(years);
    for (const deviations of [10, 20, 30]) {
      const strike = 3000 * Math.exp(deviations * deviation);
      const price = blackPrice(true, 3000, strike, years, vol);
      expect(price).to.be.greaterThan(0);
      expect(price).to.be.lessThan(3000 * Math.exp((-deviations * deviations) / 2.2));
    }
  });

  it("is the intrinsic value without time or vol", () => {
    expect(blackPrice(true, 110, 100, 0, 0.5)).to.equal(10);
    expect(blackPrice(false, 110, 100, 0, 0.5)).to.equal(0);
    expect(blackPrice(false, 90, 100, 1, 0)).to.equal(10);
  });

  it("prices columns as it prices rows", () => {
    const quotes = {
      isCall: Uint8Array.of(1, 0),
      forwards: Float64Array.of(100, 100),
      strikes: Float64Array.of(120, 90),
      years: Float64Array.of(0.1, 0.2),
      vols: Float64Array.of(0.5, 0.7),
    };
    const out = new Float64Array(2);
    blackPrices(quotes, out);
    expect([...out]).to.deep.equal([blackPrice(true, 100, 120, 0.1, 0.5), blackPrice(false, 100, 90, 0.2, 0.7)]);
    blackVegas(quotes, out);
    expect([...out]).to.deep.equal([blackVega(100, 120, 0.1, 0.5), blackVega(100, 90, 0.2, 0.7)]);
  });

  it("refuses what has no meaning, with the inputs", () => {
    for (const inputs of [
      [0, 100, 1, 0.5],
      [100, -1, 1, 0.5],
      [100, 100, -1, 0.5],
      [100, 100, 1, -0.5],
      [100, 100, 1, Number.NaN],
      [100, Infinity, 1, 0.5],
    ]) {
      const [forward, strike, years, vol] = inputs;
      expect(() => blackPrice(true, forward, strike, years, vol), String(inputs)).to.throw(PricingDomainError);
    }
    expect(() => blackPrice(true, 100, 100, -1, 0.5)).to.throw("years -1");
  });
});

describe("blackGreeks", () => {
  it("are the derivatives of the price", () => {
    const priceAt = (isCall: boolean, f: number, t: number, v: number): number => blackPrice(isCall, f, 105, t, v);
    const [f, t, v] = [100, 0.3, 0.6];
    const [hf, hv, ht] = [0.05, 1e-3, 1e-4];
    for (const isCall of [true, false]) {
      const greeks = blackGreeks(isCall, f, 105, t, v);
      const slope = (vol: number): number =>
        (priceAt(isCall, f + hf, t, vol) - priceAt(isCall, f - hf, t, vol)) / (2 * hf);
      const vega = (vol: number): number =>
        (priceAt(isCall, f, t, vol + hv) - priceAt(isCall, f, t, vol - hv)) / (2 * hv);
      const price = priceAt(isCall, f, t, v);
      expect(greeks.price).to.equal(price);
      expect(greeks.delta).to.be.closeTo(slope(v), 1e-7);
      const curvature = (priceAt(isCall, f + hf, t, v) - 2 * price + priceAt(isCall, f - hf, t, v)) / (hf * hf);
      expect(greeks.gamma).to.be.closeTo(curvature, 1e-7);
      expect(greeks.vega).to.be.closeTo(vega(v), 1e-4);
      const decay = -(priceAt(isCall, f, t + ht, v) - priceAt(isCall, f, t - ht, v)) / (2 * ht);
      expect(greeks.theta).to.be.closeTo(decay, 1e-4);
      expect(greeks.vanna).to.be.closeTo((slope(v + hv) - slope(v - hv)) / (2 * hv), 1e-5);
      expect(greeks.volga).to.be.closeTo((vega(v + hv) - vega(v - hv)) / (2 * hv), 1e-3);
    }
  });

  it("gives Haug's delta and vega", () => {
    // Haug (2007), tables 2.1 and 2.3: delta of a futures call F 105, X 100, T 0.5, r 10 %, vol 36 %: 0.5946;
    // vega of a stock option S 55, X 60, T 0.75, r 10.5 %, q 3.55 %, vol 30 %: 18.5027.
    expect(Math.exp(-0.05) * blackGreeks(true, 105, 100, 0.5, 0.36).delta).to.be.closeTo(0.5946, 5e-5);
    const forward = 55 * Math.exp((0.105 - 0.0355) * 0.75);
    expect(Math.exp(-0.105 * 0.75) * blackVega(forward, 60, 0.75, 0.3)).to.be.closeTo(18.5027, 5e-5);
  });

  it("have their limits without time", () => {
    expect(blackGreeks(true, 110, 100, 0, 0.5)).to.include({ price: 10, delta: 1, gamma: 0, vega: 0, theta: 0 });
    expect(blackGreeks(false, 110, 100, 0, 0.5)).to.include({ price: 0, delta: 0 });
    expect(blackGreeks(false, 100, 100, 0, 0.5).delta).to.equal(-0.5);
  });
});
