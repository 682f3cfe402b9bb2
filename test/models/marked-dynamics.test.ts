import { expect } from "chai";

import { calmSurfaces, levelSurfaces } from "../../src/models/calm-surfaces.ts";
import { frozenHash } from "../../src/models/frozen-model.ts";
import { modelByName } from "../../src/models/models.ts";
import type { QuoteSet } from "../../src/models/pricing-model.ts";
import type { BatesState } from "../../src/pricing/bates-coordinates.ts";
import { BatesPricer } from "../../src/pricing/bates.ts";
import { mertonVols } from "../../src/pricing/merton.ts";
import { createRandom } from "../../src/random/random.ts";
import { makeQuotes } from "./calm-quotes.ts";

const random = createRandom(1, "fit");
const families = ["merton", "heston", "bates"];

const bates: BatesState = {
  variance: 0.25,
  kappa: 3,
  theta: 0.3,
  volOfVol: 1,
  rho: -0.4,
  jumpIntensity: 4,
  jumpMean: -0.05,
  jumpSd: 0.06,
};

type Vols = (logMoneyness: number, years: number) => number;

const surfaces: Record<string, Vols> = {
  merton(logMoneyness, years) {
    const vol = new Float64Array(1);
    mertonVols({ vol: 0.45, jumpIntensity: 5, jumpMean: -0.05, jumpSd: 0.07 }, years, [logMoneyness], vol);
    return vol[0];
  },
  heston: volsOf({ ...bates, jumpIntensity: 0, jumpMean: 0, jumpSd: 0 }),
  bates: volsOf(bates),
};

function volsOf(state: BatesState): Vols {
  const pricer = new BatesPricer(state);
  return (logMoneyness, years) => pricer.impliedVol(state.variance, years, logMoneyness);
}

function marketOf(family: string, noise = 0): QuoteSet {
  return makeQuotes(12, ({ logMoneyness, years }) => surfaces[family](logMoneyness, years), noise);
}

describe("dynamics with a marked state", function () {
  this.timeout(30_000);

  for (const family of families) {
    describe(family, () => {
      const calm = marketOf(family);
      const fitted = modelByName(family).fit(calm, random);

      it("reproduces the surface that the model itself generated", () => {
        const raw = fitted.rawMany(calm.features);
        const worst = raw.reduce((most, vol, i) => Math.max(most, Math.abs(vol - calm.target[i])), 0);
        expect(worst).to.be.below(2e-3);
      });

      it("has the rule's level as its vol of seven days at the money, whatever the features", () => {
        const noisy = modelByName(family).fit(marketOf(family, 0.02), random);
        const { level } = (noisy.toJSON() as { parameters: { level: number[] } }).parameters;
        for (const [shortVol, longVol] of [
          [0.3, 0.4],
          [0.9, 0.6],
          [2, 1.5],
        ]) {
          const at = { ...noisy.trainedOn.typical, logMoneyness: 0, years: 7 / 365, shortVol, longVol };
          const expected = Math.exp(level[0] + level[1] * Math.log(shortVol) + level[2] * Math.log(longVol));
          expect(noisy.predict(at).vol).to.be.closeTo(expected, 1e-7);
        }
      });

      it("gives a vol to every quote at any level, however far", () => {
        for (const level of [0.01, 0.5, 9]) {
          const far = makeQuotes(5, () => 1);
          far.features.shortVol.fill(level);
          far.features.longVol.fill(level);
          for (let row = 0; row < far.features.count; row++) far.features.logMoneyness[row] = 0.2 * ((row % 45) - 22);
          expect(fitted.rawMany(far.features).every((vol) => vol > 0 && vol < Infinity)).to.equal(true);
        }
      });

      it("sees no lagged surface, unless by its lagged form", () => {
        const raised = { ...calm.features, surfaceLevel: calm.features.surfaceLevel.map((vol) => 1.3 * vol) };
        expect(fitted.rawMany(raised)).to.deep.equal(fitted.rawMany(calm.features));
        const moving = makeQuotes(12, ({ surfaceLevel, logMoneyness, years }) => {
          return surfaceLevel * (1 - 0.05 * (logMoneyness / (surfaceLevel * Math.sqrt(years))));
        });
        const lagged = modelByName(`${family}-lagged`).fit(moving, random);
        const up = { ...moving.features, surfaceLevel: moving.features.surfaceLevel.map((vol) => 1.3 * vol) };
        expect(lagged.rawMany(up)[0]).to.be.above(1.1 * lagged.rawMany(moving.features)[0]);
      });

      it("has the same hash when it is fitted again, and learns nothing from the clean surface", () => {
        const hidden = { ...calm, clean: calm.clean.map(() => Number.NaN) };
        expect(frozenHash(modelByName(family).fit(hidden, random))).to.equal(frozenHash(fitted));
      });
    });
  }

  it("are calibrated to groups of calm days by level, in which every day counts once", () => {
    const moving = makeQuotes(24, ({ surfaceLevel }) => surfaceLevel);
    const all = calmSurfaces("test", moving);
    const groups = levelSurfaces("test", all, moving.target.length, 8);
    expect(groups).to.have.length(8);
    const levels = groups.map(({ atm }) => atm[1]);
    expect(levels).to.deep.equal(levels.toSorted((a, b) => a - b));
    const logMean = (values: readonly number[]) => values.reduce((sum, v) => sum + Math.log(v), 0) / values.length;
    expect(logMean(levels)).to.be.closeTo(logMean(all.moments.map(({ atm }) => atm[1])), 1e-9);
    expect(levelSurfaces("test", all, moving.day.indexOf(7), 8)).to.have.length(2);
  });

  it("reports bounds by parameter where a market leaves its dynamics undetermined", () => {
    const flat = makeQuotes(12, () => 0.5);
    const { boundsActive, conditionNumber } = modelByName("heston").fit(flat, random).diagnostics;
    expect(boundsActive.length > 0 || conditionNumber! > 1e4).to.equal(true);
  });
});
