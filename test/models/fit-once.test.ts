import { expect } from "chai";

import { calmSurfaces } from "../../src/models/calm-surfaces.ts";
import { ensemble, equalWeights, meanOf, medianOf, recentWeights } from "../../src/models/ensemble.ts";
import { fitOnce } from "../../src/models/fit-once.ts";
import { frozenHash } from "../../src/models/frozen-model.ts";
import { gaussianProcessModel } from "../../src/models/gaussian-process.ts";
import { ModelFitError } from "../../src/models/model-fit-error.ts";
import type { PricingModel } from "../../src/models/pricing-model.ts";
import { firstQuotes, selectQuotes } from "../../src/models/select-quotes.ts";
import { smileLevelModel } from "../../src/models/smile-level.ts";
import { createRandom } from "../../src/random/random.ts";
import { makeQuotes } from "./calm-quotes.ts";

const random = createRandom(11, "once");
const quotes = () => makeQuotes(30, ({ longVol }) => longVol, 0.005);

function counted(model: PricingModel): PricingModel & { fits: number } {
  return {
    ...model,
    fits: 0,
    fit(calm, stream) {
      this.fits++;
      return model.fit(calm, stream);
    },
  };
}

describe("a fit that several ask for", () => {
  it("is done once for ensembles and their member alone, and again for other quotes or another stream", () => {
    const member = counted(smileLevelModel);
    const calm = quotes();
    const alone = fitOnce(member, calm, random);
    ensemble("mean", "", [member, gaussianProcessModel], meanOf, equalWeights).fit(calm, random);
    ensemble("median", "", [member, gaussianProcessModel], medianOf, equalWeights).fit(calm, random);
    expect(member.fits).to.equal(1);
    expect(fitOnce(member, calm, createRandom(11, "once"))).to.equal(alone);
    fitOnce(member, { ...calm }, random);
    fitOnce(member, calm, random.fork("another"));
    expect(member.fits).to.equal(3);
  });

  it("is of the same parameters alone and in an ensemble, of a model that draws too", () => {
    const both = ensemble("mean", "", [gaussianProcessModel], meanOf, equalWeights).fit(quotes(), random);
    const alone = gaussianProcessModel.fit(quotes(), random);
    expect((both.toJSON() as { parameters: { members: unknown[] } }).parameters.members).to.deep.equal([
      alone.toJSON(),
    ]);
    expect(frozenHash(fitOnce(gaussianProcessModel, quotes(), random))).to.equal(frozenHash(alone));
  });

  it("on the first days is shared by all that weigh by validation days", () => {
    const member = counted(smileLevelModel);
    const calm = quotes();
    const weights = [1, 2].map(() => recentWeights("weighted", [member], calm, random));
    expect(weights[0]).to.deep.equal(weights[1]);
    expect(member.fits).to.equal(1);
  });

  it("fails each time that it is asked for", () => {
    const few = selectQuotes(quotes(), [0, 1, 2]);
    for (let i = 0; i < 2; i++) expect(() => fitOnce(gaussianProcessModel, few, random)).to.throw(ModelFitError);
  });
});

describe("the first quotes", () => {
  it("have the slices of the whole's first days, computed before or after", () => {
    const [calm, same] = [quotes(), quotes()];
    const to = calm.day.findIndex((day) => day === 20);
    expect(firstQuotes(calm, to)).to.equal(firstQuotes(calm, to));
    calmSurfaces("whole", calm);
    const after = calmSurfaces("first", firstQuotes(calm, to));
    const before = calmSurfaces("first", firstQuotes(same, to));
    expect(after).to.deep.equal(before);
    expect(after.moments.length).to.equal(20);
  });
});
