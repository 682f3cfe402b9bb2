import { expect } from "chai";

import {
  blockLaw,
  drawnBars,
  filteredLaw,
  fitWindow,
  meanSquare,
  recordedMoves,
  rowsIn,
} from "../../../sim/studies/shift/resampled/resampled-bars.ts";
import { createRandom } from "../../../src/random/random.ts";
import { madeBars } from "../../experiment/made-bars.ts";

const DAY = 86_400;
const bars = madeBars(60, (day) => (day < 40 ? 0.4 : 1.2));
const start = bars.times[0];
const stress = { from: start + 40 * DAY, to: start + 60 * DAY };
const rows = rowsIn(bars, stress);
const random = createRandom(1, "resampled");

describe("resampled bars", () => {
  it("are the record itself where its own moves are put back", () => {
    const again = drawnBars(bars, rows, recordedMoves(bars, rows), bars.opens[rows[0]]);
    rows.forEach((row, i) => {
      expect(again.times[i]).to.equal(bars.times[row]);
      for (const name of ["opens", "highs", "lows", "closes"] as const)
        expect(again[name][i] / bars[name][row]).to.be.closeTo(1, 1e-12);
    });
  });

  it("keep the calendar, hold high and low about open and close, and know each path alone", () => {
    const law = blockLaw(bars, stress, 24);
    const drawn = drawnBars(bars, rows, law.draw(rows.length, random, 3), 100);
    expect([...drawn.times]).to.deep.equal(rows.map((row) => bars.times[row]));
    expect(drawn.opens[0]).to.be.closeTo(100, 1e-9);
    for (const i of rows.keys()) {
      expect(drawn.highs[i]).to.be.at.least(Math.max(drawn.opens[i], drawn.closes[i]) * (1 - 1e-12));
      expect(drawn.lows[i]).to.be.at.most(Math.min(drawn.opens[i], drawn.closes[i]) * (1 + 1e-12));
    }
    expect(law.draw(rows.length, random, 3)).to.deep.equal(law.draw(rows.length, random, 3));
    expect(law.draw(rows.length, random, 3)).to.not.deep.equal(law.draw(rows.length, random, 4));
  });

  it("have the variance of the window that they are drawn from, by blocks and filtered", () => {
    const { returns, fit } = fitWindow(bars, stress);
    const target = meanSquare(bars, rows);
    for (const law of [blockLaw(bars, stress, 24), filteredLaw(returns, fit, target)]) {
      let sum = 0;
      const paths = 20;
      for (let path = 0; path < paths; path++) {
        const drawn = drawnBars(bars, rows, law.draw(rows.length, random, path), 100);
        sum += meanSquare(drawn, [...rows.keys()]) / paths;
      }
      expect(sum / target).to.be.within(0.85, 1.15);
    }
  });

  it("of filtered history start from the variance given", () => {
    const { returns, fit } = fitWindow(bars, stress);
    const calm = meanSquare(bars, rowsIn(bars, { from: start, to: start + 40 * DAY }));
    const first = (variance: number) => Math.abs(filteredLaw(returns, fit, variance).draw(1, random, 1)[0][3]);
    expect(first(4 * calm) / first(calm)).to.be.closeTo(2, 1e-9);
  });
});
