import { expect } from "chai";

import { createRandom } from "../../src/random/random.ts";
import { placeTest } from "../../src/statistics/place-test.ts";
import { StatisticInputError } from "../../src/statistics/statistic-input-error.ts";
import { TooFewObservationsError } from "../../src/statistics/too-few-observations-error.ts";

const random = createRandom(1, "places");

describe("place test of treated blocks", () => {
  it("is Wilcoxon, Mann and Whitney's with one way to score: two highest of seven, p = 1/21", () => {
    const scores = [10, 9, 1, 2, 3, 4, 5];
    const { places, p, isComplete, assignments } = placeTest([scores, scores], random);
    expect(places).to.deep.equal([1, 1]);
    expect(p).to.be.closeTo(1 / 21, 1e-12);
    expect([isComplete, assignments]).to.deep.equal([true, 42]);
  });

  it("has the published tail of the rank sum: ranks 4, 6 and 7 of seven, P(U ≥ 11) = 2/35", () => {
    // Mann & Whitney (1947), table I, n = 3, m = 4: P(U ≤ 1) = .057, by symmetry P(U ≥ 11).
    const scores = [4, 6, 7, 1, 2, 3, 5];
    expect(placeTest([scores, scores, scores], random).p).to.be.closeTo(2 / 35, 1e-12);
  });

  it("gives the place of one block: third highest among nine others", () => {
    const { places, p } = placeTest([[8, 1, 2, 3, 4, 5, 6, 7, 9, 10]], random);
    expect(places[0]).to.be.closeTo(7 / 9, 1e-12);
    expect(p).to.be.closeTo(3 / 10, 1e-12);
  });

  it("lets each role score in its own way", () => {
    const rows = [
      [5, 0, 1, 2, 3],
      [0, 50, 40, 60, 30],
    ];
    expect(placeTest(rows, random).places).to.deep.equal([1, 2 / 3]);
  });

  it("samples assignments where there are too many, close to the complete law", () => {
    const scores = Array.from({ length: 40 }, (_, block) => (block < 4 ? 25.5 + 4 * block : block));
    const rows = [scores, scores, scores, scores];
    const found = placeTest(rows, random);
    expect(found).to.include({ isComplete: false, assignments: 10_000 });
    // The complete law of U of 4 against 36 by its normal approximation.
    const u = found.places.reduce((sum, place) => sum + 36 * place, 0);
    const z = (u - 0.5 - (4 * 36) / 2) / Math.sqrt((4 * 36 * 41) / 12);
    expect(z).to.be.within(1, 2.2);
    const tail = 0.5 * (1 - Math.sign(z) * Math.sqrt(1 - Math.exp((-2 * z * z) / Math.PI)));
    expect(found.p).to.be.closeTo(tail, 0.02);
    expect(placeTest(rows, random)).to.deep.equal(found);
  });

  it("keeps its level on exchangeable blocks", () => {
    let rejected = 0;
    for (let draw = 0; draw < 400; draw++) {
      const own = random.fork(draw);
      const scores = Array.from({ length: 12 }, (_, block) => own.normal(block, 0));
      if (placeTest([scores, scores], own).p <= 0.05) rejected++;
    }
    expect(rejected / 400).to.be.within(0.015, 0.085);
  });

  it("counts ties by half, and all blocks equal say nothing", () => {
    const { places, p } = placeTest([[1, 1, 1]], random);
    expect(places[0]).to.equal(0.5);
    expect(p).to.equal(1);
  });

  it("refuses blocks without a null, rows of different lengths, and scores that are no numbers", () => {
    expect(() => placeTest([], random)).to.throw(StatisticInputError);
    expect(() => placeTest([[1]], random)).to.throw(StatisticInputError);
    expect(() =>
      placeTest(
        [
          [1, 2, 3, 4],
          [1, 2, 3],
        ],
        random,
      ),
    ).to.throw(StatisticInputError);
    expect(() => placeTest([[1, 2, NaN]], random)).to.throw(TooFewObservationsError);
  });
});
