import { expect } from "chai";
import fc from "fast-check";

import { comparePairs, pairedShifts } from "../../src/statistics/censored-pairs.ts";
import { medianInterval } from "../../src/statistics/median-interval.ts";
import { fewestAgreeing, signTest, smallestDetectableShare } from "../../src/statistics/sign-test.ts";
import { StatisticInputError } from "../../src/statistics/statistic-input-error.ts";
import { TooFewObservationsError } from "../../src/statistics/too-few-observations-error.ts";
import {
  censoredMedian,
  censoredMedianInterval,
  censoredMedianSpan,
  censoredQuantile,
  type CensoredInterval,
} from "../../src/statistics/turnbull.ts";

const never: CensoredInterval = { low: 1, high: Infinity };
const calm: CensoredInterval = { low: -Infinity, high: 0 };

/** A threshold anywhere on the dial or off it, with what a search of that width knows of it. */
const known = (width: number) =>
  fc.double({ min: -0.3, max: 1.3, noNaN: true }).map((at): { at: number; within: CensoredInterval } => {
    if (at <= 0) return { at, within: calm };
    if (at > 1) return { at, within: never };
    const cell = Math.ceil(at / width) - 1;
    return { at, within: { low: cell * width, high: (cell + 1) * width } };
  });

describe("median of censored thresholds", () => {
  it("lies in an interval that holds the one of the thresholds themselves", () => {
    fc.assert(
      fc.property(fc.array(known(1 / 16), { minLength: 6, maxLength: 40 }), (drawn) => {
        const own = medianInterval(drawn.map(({ at }) => at));
        const { low, high } = censoredMedianInterval(drawn.map(({ within }) => within));
        expect(low).to.be.at.most(own.low);
        expect(high).to.be.at.least(own.high);
      }),
    );
  });

  it("has ends off the dial where so many thresholds are: five of eight that never break leave no upper end", () => {
    const early = { low: 0.25, high: 0.5 };
    expect(censoredMedianInterval([...Array(5).fill(never), early, early, early] as CensoredInterval[])).to.deep.equal({
      low: 0.25,
      high: Infinity,
    });
  });

  it("refuses five observations, of which no 95 % interval exists", () => {
    expect(() => censoredMedianInterval([never, never, never, never, never])).to.throw(TooFewObservationsError);
  });

  it("is the quantile at one half, of which nothing is known where nothing is of any observation", () => {
    const observations = [calm, { low: 0.25, high: 0.5 }, { low: 0.5, high: 0.75 }, never];
    expect(censoredQuantile(observations, 0.5)).to.deep.equal({ low: 0.25, high: 0.5 });
    expect(censoredMedian(observations)).to.equal(0.375);
    expect(censoredQuantile(observations, 0.9)).to.deep.equal(never);
    const nothing = { low: -Infinity, high: Infinity };
    expect(censoredQuantile([nothing, nothing], 0.5)).to.deep.equal(nothing);
  });
});

describe("pairs of censored thresholds", () => {
  it("are called earlier or later only where the thresholds are", () => {
    fc.assert(
      fc.property(known(1 / 16), known(1 / 4), (one, other) => {
        const { earlier, later, alike, unknown } = comparePairs([one.within], [other.within]);
        expect(earlier + later + alike + unknown).to.equal(1);
        if (alike === 1) expect(Math.abs(other.at - one.at)).to.be.at.most(5 / 16);
        if (earlier === 1) expect(other.at).to.be.lessThan(one.at);
        if (later === 1) expect(other.at).to.be.greaterThan(one.at);
      }),
    );
  });

  it("differ by what lies in the interval of their shift", () => {
    fc.assert(
      fc.property(known(1 / 16), known(1 / 4), (one, other) => {
        const [{ low, high }] = pairedShifts([one.within], [other.within]);
        expect(other.at - one.at).to.be.within(low, high);
      }),
    );
  });

  it("have a median shift that turns its sign with the order of the pair", () => {
    const drawn = fc.array(fc.tuple(known(1 / 16), known(1 / 4)), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(drawn, (pairs) => {
        const [first, second] = [pairs.map(([one]) => one.within), pairs.map(([, other]) => other.within)];
        const { low, high } = censoredMedianSpan(pairedShifts(first, second));
        const back = censoredMedianSpan(pairedShifts(second, first));
        expect(back.low).to.equal(-high);
        expect(back.high).to.equal(-low);
        expect(low).to.be.lessThan(high);
      }),
    );
    const half = [
      { low: -0.0625, high: 0.0625 },
      { low: 0.125, high: 0.25 },
    ];
    expect(censoredMedianSpan(half)).to.deep.equal({ low: -0.0625, high: 0.25 });
  });

  it("are of unknown shift where neither ever breaks, alike where their brackets overlap, decided where one is apart", () => {
    expect(comparePairs([never, calm], [never, calm])).to.deep.equal({
      ...{ earlier: 0, later: 0, alike: 0, unknown: 2 },
    });
    expect(comparePairs([{ low: 0.5, high: 0.625 }], [{ low: 0.5, high: 0.75 }]).alike).to.equal(1);
    expect(pairedShifts([never], [never])).to.deep.equal([{ low: -Infinity, high: Infinity }]);
    expect(comparePairs([{ low: 0.5, high: 0.625 }, calm], [never, { low: 0, high: 0.25 }]).later).to.equal(2);
    expect(pairedShifts([{ low: 0.5, high: 0.625 }], [never])).to.deep.equal([{ low: 0.375, high: Infinity }]);
  });

  it("refuse lists of different length", () => {
    expect(() => comparePairs([never], [])).to.throw(StatisticInputError, "1 and 0");
    expect(() => pairedShifts([never], [])).to.throw(StatisticInputError, "1 and 0");
  });
});

describe("sign test", () => {
  it("agrees with R's binom.test: 9 of 10 p 0.02148, 8 of 8 p 0.0078125, none decided p 1", () => {
    expect(signTest(9, 1)).to.be.closeTo(0.02148438, 1e-8);
    expect(signTest(8, 0)).to.be.closeTo(0.0078125, 1e-12);
    expect(signTest(0, 8)).to.be.closeTo(0.0078125, 1e-12);
    expect(signTest(0, 0)).to.equal(1);
  });

  it("rejects from the fewest that must agree on, and not one below", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.constantFrom(0.05, 0.01), (n, alpha) => {
        const fewest = fewestAgreeing(n, alpha);
        if (fewest === undefined) {
          expect(signTest(n, 0)).to.be.greaterThan(alpha);
          return;
        }
        expect(signTest(fewest, n - fewest)).to.be.at.most(alpha);
        const below = fewest - 1;
        if (2 * below > n) expect(signTest(below, n - below)).to.be.greaterThan(alpha);
      }),
    );
    expect([fewestAgreeing(5), fewestAgreeing(6), fewestAgreeing(8), fewestAgreeing(20)]).to.deep.equal([
      undefined,
      6,
      8,
      15,
    ]);
  });

  it("finds with power 0.8 what all of eight pairs must show where 0.8^(1/8) = 97.2 % of pairs go one way", () => {
    expect(smallestDetectableShare(8)).to.be.closeTo(0.8 ** (1 / 8), 2e-3);
    expect(smallestDetectableShare(4)).to.equal(undefined);
    expect(smallestDetectableShare(200)!).to.be.lessThan(0.61);
  });

  it("refuses a number of pairs that is none", () => {
    expect(() => fewestAgreeing(0)).to.throw(StatisticInputError);
    expect(() => smallestDetectableShare(2.5)).to.throw(StatisticInputError);
  });
});
