import { expect } from "chai";
import fc from "fast-check";

import { createRandom } from "../../src/random/random.ts";
import { clopperPearson, NotACountError, wilson } from "../../src/statistics/binomial-interval.ts";
import { bcaInterval } from "../../src/statistics/bootstrap.ts";
import { holm } from "../../src/statistics/holm.ts";
import { medianInterval } from "../../src/statistics/median-interval.ts";
import { mean, quantile, standardDeviation } from "../../src/statistics/moments.ts";
import { pairedTTest, signFlips, signFlipTest } from "../../src/statistics/paired-tests.ts";
import { pairsNeeded, smallestDetectable } from "../../src/statistics/power.ts";
import { resampling } from "../../src/statistics/resampling.ts";
import { simultaneousBand, simultaneousMedianBand } from "../../src/statistics/simultaneous-band.ts";
import { spearman } from "../../src/statistics/spearman.ts";
import { tInterval } from "../../src/statistics/t-interval.ts";
import { StatisticInputError } from "../../src/statistics/statistic-input-error.ts";
import { TooFewObservationsError } from "../../src/statistics/too-few-observations-error.ts";
import { censoredMedian, turnbull } from "../../src/statistics/turnbull.ts";

/** Extra hours of sleep, Student (1908), as in R's `sleep`: differences of the two drugs by patient. */
const SLEEP = [1.2, 2.4, 1.3, 1.3, 0, 1.0, 1.8, 0.8, 4.6, 1.4];

describe("t interval and paired t test", () => {
  it("agree with R's t.test on Student's sleep data: 1.58 [0.7001142, 2.4598858], one-sided p 0.001416", () => {
    const { mean: centre, low, high } = tInterval(SLEEP);
    expect(centre).to.be.closeTo(1.58, 1e-12);
    expect(low).to.be.closeTo(0.7001142, 1e-7);
    expect(high).to.be.closeTo(2.4598858, 1e-7);
    expect(pairedTTest(SLEEP)).to.be.closeTo(0.002833 / 2, 1e-6);
  });

  it("refuse a single observation and one that is no number", () => {
    expect(() => tInterval([1])).to.throw(TooFewObservationsError);
    expect(() => tInterval([1, NaN, 3])).to.throw(TooFewObservationsError);
  });

  it("hold the true mean in about 95 of 100 normal samples", () => {
    const random = createRandom(11, "t-coverage");
    let held = 0;
    for (let sample = 0; sample < 2000; sample++) {
      const values = Array.from({ length: 8 }, (_, i) => random.normal(sample, i));
      const { low, high } = tInterval(values);
      if (low <= 0 && high >= 0) held++;
    }
    const { low, high } = clopperPearson(held, 2000, 0.999);
    expect(low).to.be.lessThan(0.95);
    expect(high).to.be.greaterThan(0.95);
  });
});

describe("moments", () => {
  it("interpolate quantiles as R's type 7: quantile(1:10, 0.9) = 9.1", () => {
    expect(quantile([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], 0.9)).to.be.closeTo(9.1, 1e-12);
    expect(standardDeviation([2, 4, 4, 4, 5, 5, 7, 9])).to.be.closeTo(Math.sqrt(32 / 7), 1e-12);
  });
});

describe("interval of the median", () => {
  it("is [x(2), x(9)] for ten values with exact coverage 1 − 2 · 11/1024", () => {
    const { low, high, coverage } = medianInterval([5, 3, 8, 1, 9, 2, 7, 10, 4, 6]);
    expect([low, high]).to.deep.equal([2, 9]);
    expect(coverage).to.be.closeTo(1 - 22 / 1024, 1e-12);
  });

  it("is the whole range for six values and refuses five", () => {
    expect(medianInterval([1, 2, 3, 4, 5, 6])).to.include({ low: 1, high: 6, median: 3.5 });
    expect(() => medianInterval([1, 2, 3, 4, 5])).to.throw(TooFewObservationsError);
  });
});

describe("intervals of a rate", () => {
  it("agree with R's binom.test(7, 20): [0.1539092, 0.5921885]", () => {
    const { low, high } = clopperPearson(7, 20);
    expect(low).to.be.closeTo(0.1539092, 1e-7);
    expect(high).to.be.closeTo(0.5921885, 1e-7);
  });

  it("give Newcombe's (1998) Wilson interval for 81 of 263: [0.2553, 0.3662]", () => {
    const { low, high } = wilson(81, 263);
    expect(low).to.be.closeTo(0.2553, 5e-5);
    expect(high).to.be.closeTo(0.3662, 5e-5);
  });

  it("reach the ends: none of ten is [0, 0.3085], and refuse more successes than trials", () => {
    expect(clopperPearson(0, 10)).to.include({ low: 0 });
    expect(clopperPearson(0, 10).high).to.be.closeTo(0.3084971, 1e-7);
    expect(() => clopperPearson(3, 2)).to.throw(NotACountError);
  });
});

describe("BCa bootstrap", () => {
  const random = createRandom(3, "bca");
  const skewed = Array.from({ length: 40 }, (_, i) => Math.exp(random.normal(i, 0)));

  it("is repeatable, holds the estimate and leans to the long tail of a skewed sample", () => {
    const one = bcaInterval(skewed, mean, createRandom(5, "draws"));
    expect(bcaInterval(skewed, mean, createRandom(5, "draws"))).to.deep.equal(one);
    expect(one.low).to.be.lessThan(one.estimate);
    expect(one.high - one.estimate).to.be.greaterThan(one.estimate - one.low);
  });

  it("refuses fewer than twenty observations", () => {
    expect(() => bcaInterval(SLEEP, mean, random)).to.throw(TooFewObservationsError);
  });
});

describe("Holm's adjustment", () => {
  it("gives 0.03, 0.06, 0.06, 0.02 for 0.01, 0.04, 0.03, 0.005, as R's p.adjust", () => {
    expect(holm([0.01, 0.04, 0.03, 0.005]).map((p) => Number(p.toFixed(12)))).to.deep.equal([0.03, 0.06, 0.06, 0.02]);
  });

  it("never falls below the raw value nor reorders", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 }), (p) => {
        const adjusted = holm(p);
        p.forEach((raw, i) => expect(adjusted[i]).to.be.at.least(Math.min(1, raw)));
        for (let i = 0; i < p.length; i++)
          for (let j = 0; j < p.length; j++) if (p[i] < p[j]) expect(adjusted[i]).to.be.at.most(adjusted[j]);
      }),
    );
  });
});

describe("sign-flip permutation", () => {
  const random = createRandom(1, "flip");

  it("enumerates small samples: four equal differences have p = 2/16", () => {
    expect(signFlipTest([1, 1, 1, 1], signFlips(4, random))).to.equal(2 / 16);
  });

  it("is about one for differences that cancel and small for a clear shift", () => {
    const flips = signFlips(40, random);
    const cancelling = Array.from({ length: 40 }, (_, i) => (i % 2 ? 1 : -1));
    const shifted = Array.from({ length: 40 }, (_, i) => 1 + (i % 3));
    expect(signFlipTest(cancelling, flips)).to.equal(1);
    expect(signFlipTest(shifted, flips)).to.equal(1 / 4096);
  });

  it("refuses a difference that is no number, and signs for another number of them", () => {
    expect(() => signFlipTest([1, Number.NaN, 2], signFlips(3, random))).to.throw(TooFewObservationsError);
    expect(() => signFlipTest([1, 2, 3], signFlips(4, random))).to.throw(StatisticInputError);
    expect(() => signFlips(1, random)).to.throw(TooFewObservationsError);
  });
});

describe("simultaneous band", () => {
  const random = createRandom(9, "band");

  it("is wider than a pointwise one and narrower than Bonferroni for four independent points", () => {
    const curves = Array.from({ length: 300 }, (_, i) => [0, 1, 2, 3].map((p) => random.normal(i, p)));
    const drawn = resampling(300, createRandom(10, "band"));
    const { multiplier, low, high } = simultaneousBand(curves, drawn);
    expect(multiplier).to.be.within(2.1, 2.9);
    low.forEach((value, p) => expect(value).to.be.lessThan(high[p]));
    // Pointwise 95 % of 300 is [x(134), x(167)]; four independent points at 1.25 % each are [x(129), x(172)].
    const band = simultaneousMedianBand(curves, drawn);
    expect(band.rank).to.be.within(127, 133);
    band.median.forEach((value, p) => {
      const sorted = curves.map((curve) => curve[p]).sort((a, b) => a - b);
      expect([band.low[p], band.high[p]]).to.deep.equal([sorted[band.rank - 1], sorted[300 - band.rank]]);
      expect(value).to.be.within(band.low[p], band.high[p]);
    });
  });

  it("is the pointwise interval of the median where all points move together", () => {
    const curves = Array.from({ length: 300 }, (_, i) => [1, 2, 3].map((p) => p * random.normal(i, 9)));
    const { rank } = simultaneousMedianBand(curves, resampling(300, createRandom(11, "band")));
    expect(rank).to.be.within(132, 136);
  });

  it("holds a curve of medians as often as it says, with tails that have no mean", () => {
    const drawn = resampling(100, createRandom(12, "band"), 400);
    const held = Array.from({ length: 300 }, (_, experiment) => {
      const stream = random.fork("cauchy", experiment);
      const curves = Array.from({ length: 100 }, (_, i) =>
        [0, 1, 2].map((p) => Math.tan(Math.PI * (stream.uniform(i, p) - 0.5)) + Math.tan(stream.uniform(i, 9) - 0.5)),
      );
      const { low, high } = simultaneousMedianBand(curves, drawn);
      return low.every((value, p) => value <= 0 && high[p] >= 0);
    }).filter((holds) => holds).length;
    // 95 % of 300 is 285, give or take three standard errors.
    expect(held).to.be.within(273, 297);
  });

  it("refuses fewer than twenty curves, and a resampling of another number", () => {
    const curves = Array.from({ length: 20 }, (_, i) => [i]);
    const drawn = resampling(20, random, 50);
    for (const band of [simultaneousBand, simultaneousMedianBand]) {
      expect(() => band(curves.slice(1), drawn)).to.throw(TooFewObservationsError);
      expect(() => band([...curves, [1]], drawn)).to.throw(StatisticInputError);
    }
    expect(() => resampling(0, random)).to.throw(TooFewObservationsError);
  });
});

describe("Turnbull's estimate", () => {
  it("is the empirical distribution where nothing is censored widely", () => {
    const masses = turnbull([1, 2, 3, 4].map((at) => ({ low: at - 0.1, high: at })));
    masses.forEach(({ mass }) => expect(mass).to.be.closeTo(0.25, 1e-9));
  });

  it("puts all mass on the common part of overlapping intervals", () => {
    const masses = turnbull([
      { low: 0, high: 2 },
      { low: 1, high: 3 },
      { low: 1.5, high: 4 },
    ]);
    expect(masses).to.have.length(1);
    expect(masses[0]).to.deep.include({ low: 1.5, high: 2 });
  });

  it("censors the median where more than half never broke", () => {
    const never = { low: 1, high: Infinity };
    const early = { low: 0.25, high: 0.5 };
    expect(censoredMedian([never, never, early])).to.equal(Infinity);
    expect(censoredMedian([never, early, early])).to.equal(0.375);
    expect(censoredMedian([{ low: -Infinity, high: 0 }])).to.equal(-Infinity);
  });
});

describe("power and rank correlation", () => {
  it("needs about (1.96 + 0.84)/√n standard deviations for many pairs", () => {
    expect(smallestDetectable(1, 10_000)).to.be.closeTo(2.8016 / 100, 1e-4);
    expect(smallestDetectable(1, 8)).to.be.closeTo((2.364624 + 0.841621) / Math.sqrt(8), 1e-5);
  });

  it("needs the pairs of R's power.t.test(type = paired): 34 for half a deviation, and the inverse of the smallest effect", () => {
    expect(pairsNeeded(0.5, 1)).to.be.within(33, 34);
    for (const n of [6, 8, 40, 1000]) expect(pairsNeeded(smallestDetectable(1, n), 1)).to.equal(n);
    expect(pairsNeeded(-0.5, 1)).to.equal(pairsNeeded(0.5, 1));
    expect(pairsNeeded(0, 1)).to.equal(Infinity);
  });

  it("is R's cor(method = spearman): ties share ranks", () => {
    expect(spearman([1, 2, 3, 4, 5], [5, 6, 7, 8, 7])).to.be.closeTo(0.8207827, 1e-7);
    expect(() => spearman([1, 1, 1], [1, 2, 3])).to.throw(TooFewObservationsError);
  });
});
