import { expect } from "chai";

import { frozenHash } from "../../src/models/frozen-model.ts";
import { ModelFitError } from "../../src/models/model-fit-error.ts";
import { networkDecayModel, networkModel, networkWith } from "../../src/models/network.ts";
import { createRandom } from "../../src/random/random.ts";
import { makeQuotes } from "./calm-quotes.ts";

const random = createRandom(2, "network");
const calm = makeQuotes(
  40,
  ({ longVol, logMoneyness, years }) => longVol - (0.05 * logMoneyness) / Math.sqrt(years),
  0.01,
);

describe("network models", function () {
  this.timeout(20_000);

  it("learn a smooth surface to about its noise", () => {
    for (const model of [networkModel, networkDecayModel]) {
      const vol = model.fit(calm, random).rawMany(calm.features);
      const square = vol.reduce((sum, value, row) => sum + (value - calm.clean[row]) ** 2, 0) / vol.length;
      expect(Math.sqrt(square), model.name).to.be.below(0.01);
    }
  });

  it("are the same for the same stream, bit for bit", () => {
    expect(frozenHash(networkDecayModel.fit(calm, random))).to.equal(
      frozenHash(networkDecayModel.fit({ ...calm }, createRandom(2, "network"))),
    );
  });

  it("have all of their parameters as degrees of freedom when trained freely, fewer with decay", () => {
    // Four inputs vary here.
    const free = networkModel.fit(calm, random).diagnostics.degreesOfFreedom;
    const decayed = networkDecayModel.fit(calm, random).diagnostics.degreesOfFreedom;
    expect(free).to.be.at.most(8 * 6 + 1);
    expect(decayed).to.be.within(2, free);
  });

  it("with decay beyond measure are the geometric mean of the quotes", () => {
    const settings = { hidden: 3, decay: 1e6, iterations: 100, patience: undefined };
    const fitted = networkWith("network", "", settings).fit(calm, random);
    const mean = Math.exp(calm.target.reduce((sum, vol) => sum + Math.log(vol), 0) / calm.target.length);
    fitted.rawMany(calm.features).forEach((vol) => expect(vol).to.be.closeTo(mean, 1e-4));
    expect(fitted.diagnostics.degreesOfFreedom).to.be.closeTo(0, 1e-3);
  });

  it("refuse quotes that never vary", () => {
    const flat = makeQuotes(20, () => 0.5);
    expect(() => networkModel.fit(flat, random)).to.throw(
      ModelFitError,
      "network cannot be fitted: quoted vols never vary",
    );
  });
});
