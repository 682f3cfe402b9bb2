import { expect } from "chai";
import fc from "fast-check";

import type { CallSlice } from "../../src/pricing/arbitrage.ts";
import { butterflies, calendarCrossings, callArbitrage } from "../../src/pricing/arbitrage.ts";
import { blackPrice } from "../../src/pricing/black-scholes.ts";
import { CalibrationInputError } from "../../src/pricing/calibration-input-error.ts";

const strikes = [60, 80, 90, 100, 110, 125, 150];

function slice(years: number, vol: number, forward = 100, half = 0): CallSlice {
  const discount = Math.exp(-0.05 * years);
  const scaled = strikes.map((strike) => (strike * forward) / 100);
  const mids = scaled.map((strike) => discount * blackPrice(true, forward, strike, years, vol));
  return {
    years,
    forward,
    discount,
    strikes: scaled,
    bids: mids.map((price) => price - half),
    asks: mids.map((price) => price + half),
  };
}

function changed(of: CallSlice, at: number, price: number): CallSlice {
  const put = (prices: ArrayLike<number>) => Array.from(prices, (old, i) => (i === at ? price : old));
  return { ...of, bids: put(of.bids), asks: put(of.asks) };
}

describe("arbitrage in quoted calls", () => {
  it("is not found in Black's prices", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 2, noNaN: true }),
        fc.double({ min: 50, max: 5000, noNaN: true }),
        (vol, f) => {
          const found = callArbitrage([slice(0.1, vol, f), slice(0.5, vol, 1.02 * f), slice(1, vol, 1.05 * f)]);
          for (const { violations, rate, worst, worstAt } of Object.values(found)) {
            expect([violations, rate, worst, worstAt]).to.deep.equal([0, 0, 0, -1]);
          }
          expect(found.bounds.checked).to.equal(21);
          expect(found.vertical.checked).to.equal(18);
          expect(found.butterfly.checked).to.equal(15);
          expect(found.calendar.checked).to.equal(14);
        },
      ),
    );
  });

  it("is found by its kind with its size in units of the forward's present value", () => {
    const fair = slice(0.5, 0.6);
    const unit = fair.discount * fair.forward;
    // A price above the forward breaks the bound by the excess.
    expect(callArbitrage([changed(fair, 0, unit * 1.1)]).bounds.worst).to.be.closeTo(0.1, 1e-12);
    // The call at 110 above that at 100 by 1: a vertical of that size, at the fourth pair.
    const vertical = callArbitrage([changed(fair, 4, fair.asks[3] + 1)]).vertical;
    expect(vertical.worst).to.be.closeTo(1 / unit, 1e-12);
    expect(vertical.worstAt).to.equal(3);
    expect(vertical.rate).to.equal(1 / 6);
    // The middle of 90, 100, 110 set 0.2 above the mean of its neighbours.
    const butterfly = callArbitrage([changed(fair, 3, 0.5 * (fair.asks[2] + fair.asks[4]) + 0.2)]).butterfly;
    expect(butterfly.worst).to.be.closeTo(0.2 / unit, 1e-12);
    const calendar = callArbitrage([slice(0.5, 0.8), slice(0.6, 0.4)]).calendar;
    expect(calendar.violations).to.equal(7);
  });

  it("that the spread covers is none", () => {
    const wide = slice(0.5, 0.6, 100, 0.5);
    const shifted = { ...wide, bids: Array.from(wide.bids, (bid, i) => (i === 3 ? bid + 0.3 : bid)) };
    expect(callArbitrage([shifted]).butterfly.violations).to.equal(0);
    const narrow = slice(0.5, 0.6);
    const above = Array.from(narrow.bids, (bid, i) => (i === 3 ? 0.5 * (narrow.asks[2] + narrow.asks[4]) + 0.3 : bid));
    expect(callArbitrage([{ ...narrow, bids: above, asks: above }]).butterfly.violations).to.be.greaterThan(0);
  });

  it("is not looked for in crossed, unsorted or missing quotes: those are refused by name", () => {
    const fair = slice(0.5, 0.6);
    expect(() => callArbitrage([{ ...fair, bids: fair.asks, asks: Array.from(fair.asks, (ask) => ask - 1) }])).to.throw(
      CalibrationInputError,
      "crossed quotes",
    );
    expect(() => callArbitrage([{ ...fair, strikes: [...strikes].reverse() }])).to.throw(CalibrationInputError, "rise");
    expect(() => callArbitrage([fair, fair])).to.throw(CalibrationInputError, "expiries do not rise");
    expect(() => callArbitrage([changed(fair, 2, NaN)])).to.throw(CalibrationInputError, "strike 90");
    expect(() => callArbitrage([{ ...fair, forward: 0 }])).to.throw(CalibrationInputError, "forward 0");
    expect(() => callArbitrage([{ ...fair, bids: [] }])).to.throw(CalibrationInputError, "lengths");
  });
});

describe("arbitrage in surfaces", () => {
  it("is counted on the grid: a falling total variance by its fall, a negative density factor by its size", () => {
    const grid = Float64Array.of(-1, 0, 1);
    const found = calendarCrossings([() => 0.2, (k) => 0.25 + 0.1 * k], grid);
    expect(found).to.include({ checked: 3, violations: 1, worstAt: 0 });
    expect(found.worst).to.be.closeTo(0.05, 1e-15);
    expect(butterflies((k) => k, grid)).to.deep.equal({ checked: 3, violations: 1, rate: 1 / 3, worst: 1, worstAt: 0 });
    expect(butterflies(() => NaN, grid).worst).to.equal(Infinity);
  });
});
