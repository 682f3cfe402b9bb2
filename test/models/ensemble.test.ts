import { expect } from "chai";

import { constantModel } from "../../src/models/constant.ts";
import { ensemble, equalWeights, meanOf, medianOf, recentWeights } from "../../src/models/ensemble.ts";
import { frozenHash } from "../../src/models/frozen-model.ts";
import { ModelFitError } from "../../src/models/model-fit-error.ts";
import { ridgeModel } from "../../src/models/polynomial.ts";
import type { PricingModel } from "../../src/models/pricing-model.ts";
import { realisedVolModel } from "../../src/models/realised-vol.ts";
import { smileLevelModel } from "../../src/models/smile-level.ts";
import { createRandom } from "../../src/random/random.ts";
import { makeQuotes } from "./calm-quotes.ts";

const random = createRandom(11, "ensemble");
const calm = makeQuotes(40, ({ longVol }) => longVol, 0.005);
const members: readonly PricingModel[] = [constantModel, realisedVolModel, smileLevelModel];
const fitted = members.map((model) => model.fit(calm, random));
const mean = ensemble("mean", "", members, meanOf, equalWeights).fit(calm, random);
const middle = ensemble("median", "", members, medianOf, equalWeights).fit(calm, random);
const own = fitted.map((member) => member.predictMany(calm.features));

describe("an ensemble", () => {
  it("lies between its members, and the median is one of three", () => {
    const means = mean.predictMany(calm.features).vol;
    const medians = middle.predictMany(calm.features).vol;
    for (let row = 0; row < calm.target.length; row++) {
      const vols = own.map(({ vol }) => vol[row]);
      expect(means[row]).to.be.within(Math.min(...vols) - 1e-12, Math.max(...vols) + 1e-12);
      expect(medians[row]).to.be.oneOf(vols);
      expect(means[row]).to.be.closeTo((vols[0] + vols[1] + vols[2]) / 3, 1e-12);
    }
  });

  it("has the variance of the mixture: the members' on average and their disagreement", () => {
    const { vol, sd } = mean.predictMany(calm.features);
    const variance = own.reduce((sum, each) => sum + (each.sd[9] ** 2 + (each.vol[9] - vol[9]) ** 2) / 3, 0);
    expect(sd[9]).to.be.closeTo(Math.sqrt(variance), 1e-12);
  });

  it("of members that agree is as sure as they are", () => {
    const same = ensemble("same", "", [smileLevelModel, smileLevelModel], meanOf, equalWeights).fit(calm, random);
    const one = fitted[2].predictMany(calm.features);
    const two = same.predictMany(calm.features);
    two.sd.forEach((sd, row) => expect(sd).to.be.closeTo(one.sd[row], 1e-12));
  });

  it("counts members within the contract's domain: one that explodes weighs no more than 400 %", () => {
    const wild = {
      ...calm.features,
      shortVol: calm.features.shortVol.map(() => 50),
      longVol: calm.features.longVol.map(() => 50),
    };
    const raw = ensemble("mean", "", [constantModel, realisedVolModel], meanOf, equalWeights)
      .fit(calm, random)
      .rawMany(wild);
    expect(raw[0]).to.be.closeTo((own[0].vol[0] + 4) / 2, 1e-12);
  });

  it("weights members by their errors on recent validation days alone", () => {
    const weights = recentWeights("weighted", members, calm, random);
    expect(weights.reduce((sum, w) => sum + w, 0)).to.be.closeTo(1, 1e-12);
    expect(weights[2]).to.be.above(weights[0]);
    // What the fit part says of the constant is not asked: shuffling its targets within a day changes no weight of it.
    const target = calm.target.slice();
    [target[0], target[1]] = [target[1], target[0]];
    const again = recentWeights("weighted", [constantModel, realisedVolModel], { ...calm, target }, random);
    const before = recentWeights("weighted", [constantModel, realisedVolModel], calm, random);
    expect(again[0]).to.be.closeTo(before[0], 1e-9);
  });

  it("forgets: the same error weighs less the older it is", () => {
    const spoilt = (day: number) => {
      const target = calm.target.map((vol, row) => (calm.day[row] === day ? 1.2 * vol : vol));
      return recentWeights("weighted", [realisedVolModel, constantModel], { ...calm, target }, random)[0];
    };
    // Both days are validated on; the realised vol is nearly right on all others.
    expect(spoilt(39)).to.be.below(spoilt(33));
  });

  it("stands in for features that are missing, which its members would refuse", () => {
    const blind = { ...calm.features, shortVol: calm.features.shortVol.map((v, row) => (row === 5 ? Number.NaN : v)) };
    const { vol, sd } = mean.predictMany(blind);
    expect(vol[5]).to.be.within(0.15, 4);
    expect(sd[5]).to.be.within(0.001, 4);
  });

  it("names the member that cannot be fitted", () => {
    const few = makeQuotes(6, ({ longVol }) => longVol, 0.005);
    expect(() =>
      ensemble("mean", "", [constantModel, ridgeModel], meanOf, equalWeights).fit(few, random),
    ).to.not.throw();
    const flat = { ...few, features: { ...few.features, longVol: few.features.longVol.map(() => 0.5) } };
    expect(() => ensemble("mean", "", [constantModel, ridgeModel], meanOf, equalWeights).fit(flat, random)).to.throw(
      ModelFitError,
      "mean cannot be fitted: its member ridge cannot be: feature longVol never varies",
    );
  });

  it("has the hash of its members and weights", () => {
    const again = ensemble("mean", "", members, meanOf, equalWeights).fit({ ...calm }, random);
    expect(frozenHash(again)).to.equal(frozenHash(mean));
    const tilted = ensemble("mean", "", members, meanOf, () => [0.5, 0.25, 0.25]).fit(calm, random);
    expect(frozenHash(tilted)).to.not.equal(frozenHash(mean));
  });
});
