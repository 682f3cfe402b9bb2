import { expect } from "chai";

import { bayesianLinearModel } from "../../src/models/bayesian-linear.ts";
import { logVolBeyond, realisedRange } from "../../src/models/extrapolation.ts";
import { forestModel } from "../../src/models/forest.ts";
import { gaussianProcessModel } from "../../src/models/gaussian-process.ts";
import { hybridModel } from "../../src/models/hybrid.ts";
import { networkDecayModel } from "../../src/models/network.ts";
import { createRandom } from "../../src/random/random.ts";
import { makeQuotes } from "./calm-quotes.ts";

const random = createRandom(3, "extrapolation");
const calm = makeQuotes(30, ({ longVol }) => longVol, 0.005);
const count = calm.target.length;
const range = realisedRange(calm, count);

/** The calm quotes with realised vols scaled, so that all lie outside what was seen. */
function scaled(by: number) {
  const { features } = calm;
  return { ...features, shortVol: features.shortVol.map((v) => v * by), longVol: features.longVol.map((v) => v * by) };
}

describe("distance outside what training saw", () => {
  it("is none of the rows that it was measured on, and symmetric in log vol", () => {
    expect(Math.max(...logVolBeyond(range, calm.features))).to.equal(0);
    const [low, high] = range.longVol;
    const longVol = calm.features.longVol.slice();
    longVol[0] = 2 * high;
    longVol[1] = low / 2;
    const beyond = logVolBeyond(range, { ...calm.features, longVol });
    expect(beyond[0]).to.be.closeTo(Math.LN2, 1e-12);
    expect(beyond[1]).to.be.closeTo(Math.LN2, 1e-12);
  });

  it("is of the first rows where it is asked of them", () => {
    const early = realisedRange(calm, 45);
    expect(early.longVol).to.deep.equal([calm.features.longVol[0], calm.features.longVol[0]]);
    expect(Math.max(...logVolBeyond(early, calm.features))).to.be.greaterThan(0);
  });

  it("is none where training saw no realised vol", () => {
    const blind = { ...calm, features: { ...calm.features, longVol: calm.features.longVol.map(() => Number.NaN) } };
    expect(logVolBeyond(realisedRange(blind, count), calm.features).every((each) => each === 0)).to.equal(true);
  });
});

describe("a learned model outside what training saw", () => {
  for (const model of [bayesianLinearModel, gaussianProcessModel, networkDecayModel, forestModel, hybridModel]) {
    it(`doubts its ln vol by at least how far realised vols lie outside: ${model.name}`, () => {
      const fitted = model.fit(calm, random);
      for (const by of [0.25, 4]) {
        const at = scaled(by);
        const { vol, sd } = fitted.predictMany(at);
        const beyond = logVolBeyond(range, at);
        sd.forEach((each, row) => expect(each).to.be.at.least(Math.min(4, beyond[row] * vol[row]) - 1e-12));
      }
      expect(fitted.toJSON()).to.have.nested.property("parameters.realised");
    });
  }
});
