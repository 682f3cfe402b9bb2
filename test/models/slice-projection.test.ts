import { expect } from "chai";

import { createFeatureTable } from "../../src/models/feature-pipeline.ts";
import type { FeatureName, FeatureTable } from "../../src/models/pricing-model.ts";
import { arbitrageFreeShares } from "../../src/models/slice-projection.ts";
import { callArbitrage } from "../../src/pricing/arbitrage.ts";
import { blackPrice } from "../../src/pricing/black-scholes.ts";

const uses: readonly FeatureName[] = ["logMoneyness", "years", "longVol"];
const flat = (at: FeatureTable) => new Float64Array(at.count).fill(0.5);

/** From flat at 50 % to a smile of the given curvature in x. */
const smile = (curvature: number) => (at: FeatureTable) => (share: Float64Array) =>
  share.map((each, row) => {
    const x = at.logMoneyness[row] / (0.5 * Math.sqrt(at.years[row]));
    return Math.max(0.01, 0.5 * (1 + each * curvature * x * x));
  });

/** Strikes from −3 to 3 deviations at two tenors. */
function tableOf(rows: number): FeatureTable {
  const at = createFeatureTable(rows);
  for (let row = 0; row < rows; row++) {
    at.years[row] = row % 2 === 0 ? 7 / 365 : 30 / 365;
    at.longVol[row] = 0.5;
    at.logMoneyness[row] = (-3 + (6 * row) / (rows - 1)) * 0.5 * Math.sqrt(at.years[row]);
  }
  return at;
}

/** Violations on the strikes that are checked, at a share. */
function violations(curvature: number, share: number, years: number): number {
  const at = createFeatureTable(31);
  at.years.fill(years);
  for (let i = 0; i < 31; i++) at.logMoneyness[i] = (-3 + 0.2 * i) * 0.5 * Math.sqrt(years);
  const vols = smile(curvature)(at)(new Float64Array(31).fill(share));
  const strikes = Array.from(at.logMoneyness, Math.exp);
  const prices = strikes.map((strike, i) => blackPrice(true, 1, strike, years, vols[i]));
  const slice = { years, forward: 1, discount: 1, strikes, bids: prices, asks: prices };
  const { vertical, butterfly } = callArbitrage([slice]);
  return vertical.violations + butterfly.violations;
}

describe("projection of a slice", () => {
  it("leaves smiles without arbitrage alone", () => {
    expect(violations(0.02, 1, 7 / 365)).to.equal(0);
    const shares = arbitrageFreeShares(tableOf(40), uses, flat, smile(0.02));
    expect(Array.from(shares)).to.deep.equal(new Array(40).fill(1));
  });

  it("goes as far towards a smile with arbitrage as has none", () => {
    for (const curvature of [0.3, 1]) {
      expect(violations(curvature, 1, 7 / 365), `curvature ${curvature}`).to.be.above(0);
      const shares = arbitrageFreeShares(tableOf(40), uses, flat, smile(curvature));
      expect(shares[0]).to.be.within(0.01, 0.99);
      expect(violations(curvature, shares[0], 7 / 365)).to.equal(0);
      expect(violations(curvature, shares[0] + 1 / 2048, 7 / 365)).to.be.above(0);
    }
  });

  it("gives a row the same share in whatever table it stands", () => {
    const at = tableOf(40);
    const all = arbitrageFreeShares(at, uses, flat, smile(0.3));
    const one = createFeatureTable(1);
    for (const name of uses) one[name][0] = at[name][33];
    expect(arbitrageFreeShares(one, uses, flat, smile(0.3))[0]).to.equal(all[33]);
  });
});
