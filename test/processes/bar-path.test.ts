import { expect } from "chai";

import { sampleBars } from "../../src/processes/bar-path.ts";
import type { PriceBars } from "../../src/processes/history.ts";
import { NoBarsError, realisedVariance } from "../../src/processes/realised-variance.ts";

/** Bars of open, high, low, close at the given hours. */
function hourly(rows: [number, number, number, number][], hours = rows.map((_, i) => i)): PriceBars {
  const column = (j: number): Float64Array => Float64Array.from(rows, (row) => row[j]);
  return {
    source: "eth.csv",
    times: Float64Array.from(hours, (hour) => hour * 3600),
    opens: column(0),
    highs: column(1),
    lows: column(2),
    closes: column(3),
    barSeconds: 3600,
  };
}

describe("sampleBars", () => {
  it("visits open, the nearer extreme, the other and the close, without leaving the bar's range", () => {
    const up = sampleBars(
      hourly([
        [100, 104, 90, 95],
        [95, 96, 94, 95],
      ]),
      0,
      23,
      300,
    );
    expect([up[0], up[4], up[8], up[11], up[12]].map((price) => Math.round(price * 1e9) / 1e9)).to.deep.equal([
      100, 104, 90, 95, 95,
    ]);
    expect(Math.max(...up)).to.equal(104);
    expect(Math.min(...up)).to.equal(90);
    const down = sampleBars(hourly([[100, 110, 98, 105]]), 0, 11, 300);
    expect(down[4]).to.equal(98);
    expect(down[8]).to.equal(110);
  });

  it("visits what there is room for on a coarse grid", () => {
    const bars = hourly([
      [100, 104, 90, 95],
      [96, 99, 95, 97],
    ]);
    expect([...sampleBars(bars, 0, 2, 3600)]).to.deep.equal([100, 96, 97]);
    expect([...sampleBars(bars, 0, 3, 1800)]).to.deep.equal([100, 95, 96, 97]);
    expect([...sampleBars(bars, 0, 5, 1200)]).to.deep.equal([100, 90, 95, 96, 99, 97]);
  });

  it("holds the last close over a gap", () => {
    const bars = hourly(
      [
        [100, 100, 100, 101],
        [120, 120, 120, 120],
      ],
      [0, 3],
    );
    expect([...sampleBars(bars, 0, 3, 3600)]).to.deep.equal([100, 101, 101, 120]);
  });
});

describe("realisedVariance", () => {
  const prices = [100, 110, 99, 99, 120];
  const bars = hourly(prices.map((price) => [price, price, price, price]));

  it("annualises the squares of close-to-close returns over the span", () => {
    // Closes are known at hours 1 to 5; from hour 1 to hour 4 there are three returns.
    const squares = Math.log(1.1) ** 2 + Math.log(0.9) ** 2;
    expect(realisedVariance(bars, 3600, 4 * 3600)).to.be.closeTo((squares * 8760) / 3, 1e-9);
  });

  it("goes as far as the data goes, and refuses a span without two closes", () => {
    const last = Math.log(120 / 99) ** 2;
    expect(realisedVariance(bars, 4 * 3600, 100 * 3600)).to.be.closeTo(last * 8760, 1e-9);
    expect(() => realisedVariance(bars, 5 * 3600, 100 * 3600)).to.throw(NoBarsError);
  });
});
