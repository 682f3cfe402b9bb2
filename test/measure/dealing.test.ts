import { expect } from "chai";

import { dealingOf } from "../../sim/measure/dealing.ts";
import { effectiveErrorByAge, errorAges } from "../../sim/measure/quote-error.ts";
import { blackVega } from "../../src/pricing/black-scholes.ts";
import { SERIES_ID, smallRun, type EventSketch } from "./small-run.ts";

describe("effective error by age", () => {
  it("is the contract's error in each spell since onset, and none where no block is", () => {
    const sketches = Array.from({ length: 12 }, (_, hour) => ({ trueVol: 0.5, quotedVol: hour < 6 ? 0.52 : 0.6 }));
    const run = smallRun(sketches, { severity: 1, onset: 6 });
    const [before, first, second, third] = effectiveErrorByAge(run);
    expect(before).to.be.closeTo(2, 1e-9);
    for (const error of [first, second]) expect(error).to.be.closeTo(10, 1e-9);
    expect(Number.isNaN(third)).to.equal(true);
    expect(effectiveErrorByAge(run)).to.have.length(errorAges.length - 1);
  });
});

describe("what traders met", () => {
  const trade = (size: number, tradeVol: number): EventSketch => ({
    kind: "traded",
    id: SERIES_ID,
    trader: "0x0000000000000000000000000000000000000001",
    ...{ size, premium: 1, fee: 0, tradeVol, markVol: 0.5, spot: 2000 },
  });

  it("is the mean distance of traded vols and the largest vega that opened a position", () => {
    const run = smallRun([{}, { events: [trade(2, 0.53)] }, { events: [trade(-9, 0.49)] }]);
    const { halfSpread, largestOpening } = dealingOf(run);
    expect(halfSpread).to.be.closeTo(2, 1e-9);
    const [block] = run.blocks;
    const [series] = block.view.series;
    const years = (series.expiry - block.time) / 31_536_000;
    // The nine contracts that the vault bought back closed a long.
    expect(largestOpening).to.be.closeTo((2 * blackVega(2000, series.strike, years, 0.5)) / 100, 1e-9);
  });

  it("has no spread where nothing was traded", () => {
    expect(Number.isNaN(dealingOf(smallRun([{}, {}])).halfSpread)).to.equal(true);
  });
});
