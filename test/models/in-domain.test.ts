import { expect } from "chai";

import { frozenHash } from "../../src/models/frozen-model.ts";
import { inDomain } from "../../src/models/in-domain.ts";
import { modelByName } from "../../src/models/models.ts";
import { createRandom } from "../../src/random/random.ts";
import { makeQuotes } from "./calm-quotes.ts";

describe("a model for a vault with bounds of its own", () => {
  const quotes = makeQuotes(30, ({ longVol }) => longVol, 0.005);
  const base = modelByName("polynomial").fit(quotes, createRandom(1, "fit"));
  const [low, high] = [0.48, 0.52];
  const bounded = inDomain(base, [low, high]);

  it("keeps its raw vols within them, and those alone", () => {
    const raw = base.rawMany(quotes.features);
    const { vol } = bounded.predictMany(quotes.features);
    expect([...vol]).to.deep.equal([...raw].map((value) => Math.min(high, Math.max(low, value))));
    expect(vol.some((value) => value === low || value === high)).to.equal(true);
    expect([...bounded.rawMany(quotes.features)]).to.deep.equal([...raw]);
  });

  it("is another frozen model by its hash, and the same one under the same bounds", () => {
    expect(frozenHash(bounded)).to.not.equal(frozenHash(base));
    expect(inDomain(base, base.domain)).to.equal(base);
  });

  it("explains the vol that it gives", () => {
    const { typical } = base.trainedOn;
    const {
      vol,
      clamping,
      base: start,
      contributions,
    } = bounded.explain({ ...typical, shortVol: 3 * typical.shortVol });
    const parts = Object.values(contributions).reduce((sum, share) => sum + share, start);
    expect(parts + clamping).to.be.closeTo(vol, 1e-9);
    expect(vol).to.be.within(low, high);
  });
});
