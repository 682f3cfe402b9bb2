import { expect } from "chai";
import fc from "fast-check";

import { createRandom } from "../../src/random/random.ts";
import { dieboldMariano } from "../../src/statistics/diebold-mariano.ts";
import { equalAccuracy } from "../../src/statistics/equal-accuracy.ts";
import { StatisticInputError } from "../../src/statistics/statistic-input-error.ts";
import { TooFewObservationsError } from "../../src/statistics/too-few-observations-error.ts";

const zeros = (values: ArrayLike<number>) => new Float64Array(values.length);

describe("test of equal accuracy under clustered losses", () => {
  it("rests on the lowest periodogram ordinates: cosines of one and two periods, by hand", () => {
    // n = 8 has two frequencies; their ordinates of a cos + b cos(2·) are n a²/4 and n b²/4.
    const losses = Float64Array.from(
      { length: 8 },
      (_, t) => 1 + 2 * Math.cos((2 * Math.PI * t) / 8) + 3 * Math.cos((4 * Math.PI * t) / 8),
    );
    const { difference, statistic, frequencies } = equalAccuracy(losses, zeros(losses));
    const variance = (8 * (4 / 4) + 8 * (9 / 4)) / 2;
    expect(frequencies).to.equal(2);
    expect(difference).to.be.closeTo(1, 1e-12);
    expect(statistic).to.be.closeTo(1 / Math.sqrt(variance / 8), 1e-12);
  });

  it("keeps its level where losses cluster, and the test without their autocovariances does not", () => {
    const random = createRandom(3, "clustered");
    let [robust, naive] = [0, 0];
    const draws = 400;
    for (let draw = 0; draw < draws; draw++) {
      const own = random.fork(draw);
      let value = own.normal(0, 0) / Math.sqrt(1 - 0.6 ** 2);
      const losses = Float64Array.from({ length: 200 }, (_, t) => (value = 0.6 * value + own.normal(t + 1, 0)));
      if (equalAccuracy(losses, zeros(losses)).p < 0.05) robust++;
      if (dieboldMariano(losses, zeros(losses)).p < 0.05) naive++;
    }
    expect(robust / draws).to.be.below(0.1);
    expect(naive / draws).to.be.above(0.25);
  });

  it("changes sign with the order of the forecasters, and is never NaN", () => {
    const finite = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(finite, finite), { minLength: 8, maxLength: 40 }), (pairs) => {
        const [a, b] = [pairs.map(([x]) => x), pairs.map(([, y]) => y)];
        const [one, other] = [equalAccuracy(a, b), equalAccuracy(b, a)];
        expect(Number.isNaN(one.statistic)).to.equal(false);
        expect(one.p).to.be.within(0, 1);
        expect(other.difference).to.equal(-one.difference);
        expect(other.p).to.be.closeTo(one.p, 1e-9);
      }),
    );
  });

  it("knows equal losses from losses that differ by a constant", () => {
    const losses = [3, 1, 4, 1, 5, 9, 2, 6];
    expect(equalAccuracy(losses, losses)).to.include({ difference: 0, statistic: 0, p: 1 });
    expect(
      equalAccuracy(
        losses.map((loss) => loss + 1),
        losses,
      ),
    ).to.include({ difference: 1, statistic: Infinity, p: 0 });
  });

  it("refuses few losses, losses that are no numbers, and columns of different lengths", () => {
    const eight = [1, 2, 3, 4, 5, 6, 7, 8];
    expect(() => equalAccuracy(eight.slice(1), eight.slice(1))).to.throw(TooFewObservationsError);
    expect(() => equalAccuracy([...eight.slice(1), NaN], eight)).to.throw(TooFewObservationsError);
    expect(() => equalAccuracy([...eight, 9], eight)).to.throw(StatisticInputError);
  });
});
