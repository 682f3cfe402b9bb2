import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

import { expect } from "chai";

import { butterflies, calendarCrossings } from "../../src/pricing/arbitrage.ts";
import { calibrateBates, calibrateHeston } from "../../src/pricing/bates-calibration.ts";
import type { SmileQuotes } from "../../src/pricing/calibration-input-error.ts";
import { calibrateSabr } from "../../src/pricing/sabr-calibration.ts";
import { calibrateSsvi } from "../../src/pricing/ssvi-calibration.ts";
import { ssviConditions, ssviSlice } from "../../src/pricing/ssvi.ts";
import { calibrateSvi } from "../../src/pricing/svi-calibration.ts";
import { sviButterfly, sviTotalVariance } from "../../src/pricing/svi.ts";
import { parseOptionQuotes } from "../../src/processes/quotes.ts";

const FILE = "options_deribit_btc_2025-12-30_2026-03-31.csv";
const YEAR_SECONDS = 31_536_000;

/** Out-of-the-money marks of the snapshot nearest `time`, tenors of a day to three months with ten strikes or more. */
function marketSlices(file: string, time: number): SmileQuotes[] {
  const { snapshots } = parseOptionQuotes(FILE, readFileSync(file, "utf8"), "drop");
  const { time: at, quotes } = snapshots.reduce((a, b) => (Math.abs(b.time - time) < Math.abs(a.time - time) ? b : a));
  const slices = new Map<number, { years: number; logMoneyness: number[]; vols: number[] }>();
  for (const { expiry, isCall, strike, forward, markVol } of quotes) {
    const k = Math.log(strike / forward);
    if (isCall !== k > 0) continue;
    const slice = slices.get(expiry) ?? { years: (expiry - at) / YEAR_SECONDS, logMoneyness: [], vols: [] };
    slices.set(expiry, slice);
    slice.logMoneyness.push(k);
    slice.vols.push(markVol);
  }
  return [...slices.values()]
    .filter(({ years, vols }) => years > 1 / 365 && years < 0.25 && vols.length >= 10)
    .sort((a, b) => a.years - b.years);
}

describe("calibration to recorded BTC quotes, calm of 11 January 2026", function () {
  this.timeout(20_000);
  const folder = process.env.REGIMEBREAK_DATA;
  const file = path.join(folder ?? "", "restricted", FILE);
  let slices: SmileQuotes[] = [];

  before(function () {
    if (folder === undefined || !existsSync(file)) return this.skip();
    slices = marketSlices(file, Date.UTC(2026, 0, 11) / 1000);
  });

  it("brings SVI within a vol point of every slice, and SSVI within two of the surface without any arbitrage", () => {
    expect(slices.length).to.be.at.least(4);
    for (const slice of slices) expect(calibrateSvi(slice).rmse).to.be.lessThan(0.01);
    const { parameters, rmse, condition } = calibrateSsvi(slices);
    expect(rmse).to.be.lessThan(0.02);
    expect(condition).to.be.lessThan(1e4);
    expect(ssviConditions(parameters).isFree).to.equal(true);
    const fitted = slices.map((_, i) => ssviSlice(parameters, i));
    expect(calendarCrossings(fitted.map((slice) => (k) => sviTotalVariance(slice, k))).violations).to.equal(0);
    for (const slice of fitted) expect(butterflies((k) => sviButterfly(slice, k)).violations).to.equal(0);
  });

  it("brings SABR within two points of each slice, and Bates nearer to the surface than Heston", () => {
    for (const slice of slices) expect(calibrateSabr(slice, 90_000).rmse).to.be.lessThan(0.02);
    const heston = calibrateHeston(slices);
    const bates = calibrateBates(slices);
    expect(heston.rmse).to.be.lessThan(0.03);
    expect(bates.rmse).to.be.lessThan(heston.rmse);
    expect(heston.parameters.variance).to.be.within(0.01, 1);
  });
});
