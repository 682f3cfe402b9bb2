import { expect } from "chai";

import { hybridModel } from "../../src/models/hybrid.ts";
import { modelByName } from "../../src/models/models.ts";
import { callArbitrage } from "../../src/pricing/arbitrage.ts";
import { blackPrice } from "../../src/pricing/black-scholes.ts";
import { createRandom } from "../../src/random/random.ts";
import type { MadeQuote } from "./calm-quotes.ts";
import { makeQuotes } from "./calm-quotes.ts";

const random = createRandom(7, "hybrid");

/** A floating smile that also falls with volatility in a way that the base cannot say. */
function truth({ logMoneyness, years, shortVol, longVol }: MadeQuote): number {
  const x = logMoneyness / (longVol * Math.sqrt(years));
  return (
    longVol * (1 - 0.05 * x + 0.01 * x * x) * Math.exp(0.15 * (longVol / 0.5 - 1) * x) * (shortVol / longVol) ** 0.1
  );
}

const calm = makeQuotes(60, truth, 0.003);
const fitted = hybridModel.fit(calm, random);
const base = modelByName("smile-level").fit(calm, random);
const { bound } = (fitted.toJSON() as { parameters: { bound: number } }).parameters;

function rmse(vols: Float64Array): number {
  return Math.sqrt(vols.reduce((sum, vol, row) => sum + (vol - calm.clean[row]) ** 2, 0) / vols.length);
}

describe("hybrid", () => {
  it("learns what its base misses", () => {
    expect(rmse(fitted.rawMany(calm.features))).to.be.below(0.5 * rmse(base.rawMany(calm.features)));
  });

  it("keeps within its bound of the base, wherever features go", () => {
    const far = makeQuotes(8, truth);
    far.features.shortVol.fill(3);
    far.features.orderFlow.fill(1e6);
    far.features.volOfVol.fill(50);
    const vols = fitted.rawMany(far.features);
    const based = base.rawMany(far.features);
    // Projection can leave the base too; at these slices' centre it does not.
    vols.forEach((vol, row) => {
      if (far.features.logMoneyness[row] !== 0) return;
      expect(Math.abs(Math.log(vol / based[row]))).to.be.at.most(bound * (1 + 1e-12));
    });
  });

  it("prices no butterfly or vertical spread below zero on its slices, under stress either", () => {
    for (const [shortVol, longVol] of [
      [0.5, 0.5],
      [2.5, 0.8],
      [0.2, 1.5],
    ]) {
      const at = makeQuotes(1, truth).features;
      at.shortVol.fill(shortVol);
      at.longVol.fill(longVol);
      for (let tenor = 0; tenor < 5; tenor++) {
        const years = at.years[9 * tenor];
        const atm = base.predict({ ...typical(), shortVol, longVol, years, logMoneyness: 0 }).vol;
        const ks = Array.from({ length: 31 }, (_, i) => (-3 + 0.2 * i) * atm * Math.sqrt(years));
        const prices = ks.map((k) => {
          const { vol } = fitted.predict({ ...typical(), shortVol, longVol, years, logMoneyness: k });
          return blackPrice(true, 1, Math.exp(k), years, vol);
        });
        const { vertical, butterfly } = callArbitrage([
          { years, forward: 1, discount: 1, strikes: ks.map(Math.exp), bids: prices, asks: prices },
        ]);
        expect(vertical.violations + butterfly.violations, `${shortVol}, ${longVol}, ${years}`).to.equal(0);
      }
    }
  });

  it("is less sure where its residual was never seen, but no more than its bound allows", () => {
    const far = {
      ...calm.features,
      volOfVol: calm.features.volOfVol,
      shortVol: calm.features.shortVol.map((v) => 4 * v),
    };
    const near = fitted.predictMany(calm.features);
    const away = fitted.predictMany(far);
    expect(away.sd[20] / away.vol[20]).to.be.above(near.sd[20] / near.vol[20]);
  });
});

function typical() {
  return fitted.trainedOn.typical;
}
