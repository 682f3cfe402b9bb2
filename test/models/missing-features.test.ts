import { expect } from "chai";

import { fitImputation, missingVariance, withoutMissing, withoutStale } from "../../src/models/missing-features.ts";
import { ModelInputError } from "../../src/models/model-fit-error.ts";
import { modelByName } from "../../src/models/models.ts";
import type { FeatureName, FeatureTable } from "../../src/models/pricing-model.ts";
import { createRandom } from "../../src/random/random.ts";
import { makeQuotes } from "./calm-quotes.ts";

const random = createRandom(3, "missing");
const calm = makeQuotes(40, ({ shortVol, longVol }) => 0.2 * shortVol + 0.7 * longVol + 0.05, 0.005);
const uses: readonly FeatureName[] = ["logMoneyness", "years", "shortVol", "longVol"];
const imputation = fitImputation(calm, uses);

function blinded(at: FeatureTable, name: FeatureName, rows: (row: number) => boolean): FeatureTable {
  return { ...at, [name]: at[name].map((value, row) => (rows(row) ? Number.NaN : value)) };
}

describe("missing features", () => {
  it("stand at the calm median, and a complete table is left alone", () => {
    const median = [...calm.features.shortVol].sort((a, b) => a - b)[Math.floor(0.5 * (calm.target.length - 1))];
    const filled = withoutMissing(
      blinded(calm.features, "shortVol", (row) => row === 3),
      imputation,
    );
    expect(filled.shortVol[3]).to.equal(median);
    expect(filled.shortVol[4]).to.equal(calm.features.shortVol[4]);
    expect(withoutMissing(calm.features, imputation)).to.equal(calm.features);
  });

  it("add the variance of the prediction over their calm quantiles, to their own rows only", () => {
    const at = blinded(calm.features, "longVol", (row) => row < 2);
    const added = missingVariance((table) => table.longVol.map((vol) => 2 * vol), at, imputation)!;
    const quantiles = imputation.quantiles.longVol!;
    const mean = quantiles.reduce((sum, q) => sum + q, 0) / 5;
    const expected = quantiles.reduce((sum, q) => sum + (2 * (q - mean)) ** 2, 0) / 5;
    expect(added[0]).to.be.closeTo(expected, 1e-12);
    expect(added[1]).to.equal(added[0]);
    expect(added[2]).to.equal(0);
    expect(missingVariance((table) => table.longVol, calm.features, imputation)).to.equal(undefined);
  });

  it("include those that are older than a limit", () => {
    const at = withoutStale(calm.features, { baseFee: calm.features.baseFee.map((_, row) => 10 * row) }, 25);
    expect(Array.from(at.baseFee.subarray(0, 4))).to.deep.equal([10, 10, 10, Number.NaN]);
    expect(at.shortVol).to.equal(calm.features.shortVol);
  });

  it("count as 0 where training never saw them", () => {
    const never = { ...calm, features: { ...calm.features, shortVol: calm.features.shortVol.map(() => Number.NaN) } };
    expect(fitImputation(never, uses).quantiles.shortVol).to.deep.equal([0, 0, 0, 0, 0]);
  });
});

const imputing = ["bayesian-linear", "gaussian-process", "network", "network-decay", "forest", "hybrid"];

describe("models that stand in for missing features", function () {
  this.timeout(20_000);
  for (const name of imputing) {
    describe(name, () => {
      const fitted = modelByName(name).fit(calm, random);
      const whole = fitted.predictMany(calm.features);

      it("predict without a level, less surely", () => {
        const { vol, sd } = fitted.predictMany(blinded(calm.features, "longVol", (row) => row < 45));
        expect(vol.every((value) => value > 0.15 && value < 4)).to.equal(true);
        const wider = sd.subarray(0, 45).filter((value, row) => value > whole.sd[row]).length;
        expect(wider).to.be.above(40);
        expect(vol.subarray(45)).to.deep.equal(whole.vol.subarray(45));
        expect(sd.subarray(45)).to.deep.equal(whole.sd.subarray(45));
      });

      it("predict without any feature of the moment", () => {
        let at = calm.features;
        for (const each of ["shortVol", "longVol", "volOfVol", "jumpShare", "baseFee", "utilisation"] as const) {
          at = blinded(at, each, () => true);
        }
        const { vol, sd } = fitted.predictMany(at);
        expect([...vol, ...sd].every((value) => value > 0 && value <= 4)).to.equal(true);
      });

      it("refuse a missing strike or tenor", () => {
        expect(() => fitted.predictMany(blinded(calm.features, "years", (row) => row === 7))).to.throw(
          ModelInputError,
          "years, which is NaN in row 7",
        );
      });

      it("can be trained on rows with missing features", () => {
        const holes = { ...calm, features: blinded(calm.features, "shortVol", (row) => row % 7 === 0) };
        const { vol } = modelByName(name).fit(holes, random).predictMany(calm.features);
        expect(vol.every((value) => value > 0.15 && value < 4)).to.equal(true);
      });

      it("is not moved by a feature that never varied in training, whatever it becomes", () => {
        const wild = { ...calm.features, baseFee: calm.features.baseFee.map(() => 5e4) };
        wild.orderFlow = wild.orderFlow.map(() => -40);
        expect(fitted.predictMany(wild)).to.deep.equal(whole);
      });
    });
  }
});
