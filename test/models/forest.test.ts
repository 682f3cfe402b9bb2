import { expect } from "chai";
import { RandomForestRegression } from "ml-random-forest";

import { flatten, leafOf, leavesOf } from "../../src/models/flat-tree.ts";
import { forestModel } from "../../src/models/forest.ts";
import { frozenHash } from "../../src/models/frozen-model.ts";
import { createRandom } from "../../src/random/random.ts";
import { makeQuotes } from "./calm-quotes.ts";

const random = createRandom(13, "forest");
const options = {
  nEstimators: 1,
  seed: 77,
  maxFeatures: 0.7,
  replacement: false,
  useSampleBagging: false,
  noOOB: true,
  treeOptions: { minNumSamples: 3, maxDepth: 6 },
};
const rows = Array.from({ length: 80 }, (_, r) => Array.from({ length: 3 }, (_, i) => random.normal(r, i)));
const target = rows.map(([a, b, c]) => Math.sin(2 * a) + b * c);

describe("a tree laid flat", () => {
  it("says what the library's tree says", () => {
    const forest = new RandomForestRegression(options);
    forest.train(rows, target);
    const tree = flatten(forest.toJSON() as Parameters<typeof flatten>[0]);
    const fresh = Array.from({ length: 200 }, (_, r) => Array.from({ length: 3 }, (_, i) => random.normal(r, 10 + i)));
    const library = forest.predict(fresh);
    fresh.forEach((row, r) => expect(leafOf(tree, Float64Array.from(row), 0)).to.equal(library[r]));
    expect(leavesOf(tree)).to.equal(tree.input.length / 2 + 0.5);
  });
});

describe("forest", function () {
  this.timeout(20_000);
  const calm = makeQuotes(20, ({ longVol, logMoneyness }) => longVol + 0.2 * logMoneyness ** 2, 0.005);

  it("draws no number outside its stream: two fits are the same while Math.random refuses", () => {
    const own = Math.random;
    Math.random = () => {
      throw new Error("asked for a random number");
    };
    try {
      expect(frozenHash(forestModel.fit(calm, random))).to.equal(frozenHash(forestModel.fit({ ...calm }, random)));
    } finally {
      Math.random = own;
    }
  });

  it("grows other trees from another stream", () => {
    expect(frozenHash(forestModel.fit(calm, random))).to.not.equal(
      frozenHash(forestModel.fit(calm, createRandom(14, "forest"))),
    );
  });

  it("never leaves the range of the quotes that it was grown on", () => {
    const far = { ...calm.features, longVol: calm.features.longVol.map(() => 9) };
    const low = Math.min(...calm.target);
    const high = Math.max(...calm.target);
    forestModel
      .fit(calm, random)
      .rawMany(far)
      .forEach((vol) => expect(vol).to.be.within(low - 1e-12, high + 1e-12));
  });
});
