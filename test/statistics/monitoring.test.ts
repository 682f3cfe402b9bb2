import { expect } from "chai";
import fc from "fast-check";

import { createRandom } from "../../src/random/random.ts";
import type { ChangePointPrior } from "../../src/statistics/bayesian-change-point.ts";
import { runLengths } from "../../src/statistics/bayesian-change-point.ts";
import { adaptiveConformal, intervalQuality, splitConformal } from "../../src/statistics/conformal.ts";
import { cusum, cusumRunLength, detectionCurve } from "../../src/statistics/cusum.ts";
import { energyDistance, kolmogorovSmirnov, populationStability, wasserstein } from "../../src/statistics/drift.ts";
import { StatisticInputError } from "../../src/statistics/statistic-input-error.ts";
import { TooFewObservationsError } from "../../src/statistics/too-few-observations-error.ts";

const a = [
  0.61, 0.29, 0.06, 0.59, -1.73, -0.74, 0.51, -0.56, 0.39, 1.64, 0.05, -0.06, 0.64, -0.82, 0.37, 1.77, 1.09, -1.28,
  2.36, 1.31, 1.05, -0.32, -0.4, 1.06, -2.47,
];
const b = [0.02, 0.33, 2.24, -0.3, 1.4, 3.15, 0.94, -0.11, 1.98, 2.7];
const sample = fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 2, maxLength: 25 });

function normals(seed: number, count: number, shift = 0, from = 0): Float64Array {
  const random = createRandom(seed, "series");
  return Float64Array.from({ length: count }, (_, i) => random.normal(i, 0) + (i >= from ? shift : 0));
}

describe("drift between samples", () => {
  it("agrees with SciPy 1.17: ks_2samp 0.38 with p 0.208223, wasserstein 1.0186, energy 0.695281", () => {
    const { statistic, p, isExact } = kolmogorovSmirnov(a, b);
    expect(statistic).to.be.closeTo(0.38, 1e-12);
    expect(p).to.be.closeTo(0.20822305134940086, 1e-12);
    expect(isExact).to.equal(true);
    expect(kolmogorovSmirnov([1, 2, 3], [4, 5, 6]).p).to.be.closeTo(0.1, 1e-12);
    expect(wasserstein(a, b)).to.be.closeTo(1.0186, 1e-12);
    expect(energyDistance(a, b)).to.be.closeTo(0.6952812380612611, 1e-12);
  });

  it("is symmetric, zero against itself, and moves with a shift by the shift", () => {
    fc.assert(
      fc.property(sample, sample, (x, y) => {
        expect(wasserstein(x, y)).to.be.closeTo(wasserstein(y, x), 1e-9);
        expect(energyDistance(x, y)).to.be.closeTo(energyDistance(y, x), 1e-9);
        expect(kolmogorovSmirnov(x, y).statistic).to.be.closeTo(kolmogorovSmirnov(y, x).statistic, 1e-12);
        expect(wasserstein(x, x)).to.equal(0);
        expect(
          wasserstein(
            x,
            x.map((value) => value + 3),
          ),
        ).to.be.closeTo(3, 1e-9);
        expect(kolmogorovSmirnov(x, y).p).to.be.within(0, 1);
      }),
    );
  });

  it("keeps the level of the exact and the asymptotic test: about 5 in 100 equal samples rejected", () => {
    const rejected = (m: number, n: number, worlds: number): number => {
      let count = 0;
      for (let world = 0; world < worlds; world++) {
        if (kolmogorovSmirnov(normals(world, m), normals(10_000 + world, n)).p < 0.05) count++;
      }
      return count / worlds;
    };
    expect(rejected(30, 40, 400)).to.be.within(0.02, 0.08);
    expect(kolmogorovSmirnov(normals(1, 1000), normals(2, 1000)).isExact).to.equal(false);
    expect(rejected(600, 600, 150)).to.be.within(0.01, 0.11);
  });

  it("has a stability index of Σ (a - e) ln(a/e): all mass on one of two bins against halves", () => {
    const reference = Array.from({ length: 100 }, (_, i) => i);
    const actual = new Array(99).fill(0);
    // Shares with half an observation a bin: 50.5/101 each against 99.5/100 and 0.5/100.
    const expected = 0.495 * Math.log(0.995 / 0.5) - 0.495 * Math.log(0.005 / 0.5);
    expect(populationStability(reference, actual, 2)).to.be.closeTo(expected, 1e-12);
    expect(populationStability(reference, reference, 10)).to.be.closeTo(0, 1e-12);
    expect(populationStability(new Array(40).fill(1), [1, 1, 2], 10)).to.be.greaterThan(0);
  });

  it("is refused of too few values and of what is no number", () => {
    expect(() => kolmogorovSmirnov([1], [1, 2])).to.throw(TooFewObservationsError);
    expect(() => wasserstein([], [1])).to.throw(TooFewObservationsError);
    expect(() => energyDistance([NaN], [1])).to.throw(TooFewObservationsError);
    expect(() => populationStability([1, 2, 3], [1], 10)).to.throw(TooFewObservationsError, "20");
  });
});

describe("conformal intervals", () => {
  it("take the score of rank ⌈(n + 1)(1 - α)⌉, and the whole line where there is none", () => {
    const scores = [5, 1, 9, 3, 7, 2, 8, 4, 6];
    expect(splitConformal(scores, 0.1)).to.equal(9);
    expect(splitConformal(scores, 0.2)).to.equal(8);
    expect(splitConformal(scores, 0.5)).to.equal(5);
    expect(splitConformal(scores, 0.05)).to.equal(Infinity);
  });

  it("cover at least 1 - α and at most 1/(n + 1) more of exchangeable outcomes", () => {
    let hits = 0;
    for (let world = 0; world < 4000; world++) {
      const scores = normals(world, 20).map(Math.abs);
      if (scores[19] <= splitConformal(scores.subarray(0, 19), 0.1)) hits++;
    }
    // 18 of 19 ranks: exactly 0.9 here, with a standard error of 0.0047.
    expect(hits / 4000).to.be.within(0.88, 0.92);
  });

  it("adapt to a break that fixed ones miss, at a width that is reported with the infinite share", () => {
    const calm = normals(3, 300).map(Math.abs);
    const wild = normals(4, 2000).map((x) => Math.abs(3 * x));
    const options = { miscoverage: 0.1, window: 300 };
    const fixed = splitConformal(calm, 0.1);
    const still = intervalQuality(new Float64Array(2000).fill(fixed), wild);
    const { quality, levels } = adaptiveConformal(calm, wild, { ...options, rate: 0.02 });
    expect(still.coverage).to.be.lessThan(0.5);
    expect(quality.coverage).to.be.within(0.87, 0.93);
    expect(quality.meanWidth).to.be.greaterThan(2 * still.meanWidth);
    expect(quality.infiniteShare).to.be.within(0, 0.1);
    expect(levels[0]).to.equal(0.1);
    // Proposition 4.1 of Gibbs & Candès, whatever the outcomes.
    expect(Math.abs(1 - quality.coverage - 0.1)).to.be.at.most((0.9 + 0.02) / (0.02 * 2000));
  });

  it("hold the bound of misses against a stream made to miss", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 50, maxLength: 200 }),
        (stream) => {
          const { quality } = adaptiveConformal([1], stream, { miscoverage: 0.2, rate: 0.1, window: 30 });
          expect(Math.abs(1 - quality.coverage - 0.2)).to.be.at.most((0.8 + 0.1) / (0.1 * stream.length) + 1e-12);
        },
      ),
    );
  });

  it("report widths of infinite and empty intervals as such", () => {
    const quality = intervalQuality([Infinity, 1, -Infinity, 2], [5, 0.5, 0, 3]);
    expect(quality).to.deep.equal({ coverage: 0.5, meanWidth: 2, medianWidth: 2, infiniteShare: 0.25, count: 4 });
    expect(intervalQuality([Infinity], [1]).meanWidth).to.equal(Infinity);
  });

  it("are refused without scores, of a level outside (0, 1), and of columns of different lengths", () => {
    expect(() => splitConformal([], 0.1)).to.throw(TooFewObservationsError);
    expect(() => splitConformal([1], 1)).to.throw(StatisticInputError, "(0, 1)");
    expect(() => intervalQuality([1], [1, 2])).to.throw(StatisticInputError, "1 intervals for 2");
    expect(() => adaptiveConformal([1], [1], { miscoverage: 0.1, window: 0 })).to.throw(
      StatisticInputError,
      "window 0",
    );
  });
});

describe("CUSUM", () => {
  it("raises its alarm where the sum passes the interval, and says since when", () => {
    const series = [0, 0.2, -0.3, 2, 2, 2, 2];
    // S⁺: 0, 0, 0, 1.5, 3, 4.5: above 4 at index 5, last zero at index 2.
    expect(cusum(series, { allowance: 0.5, threshold: 4 })).to.deep.equal([{ at: 5, side: "up", since: 3 }]);
    expect(
      cusum(
        series.map((x) => -x),
        { allowance: 0.5, threshold: 4 },
      )[0].side,
    ).to.equal("down");
    expect(cusum(series, { allowance: 0.5, threshold: 40 })).to.deep.equal([]);
  });

  it("has the run lengths of Montgomery's table 9.3 (k = 1/2): 168 and 465 in control, 8.38 and 10.4 at one deviation", () => {
    const at = (threshold: number, shift: number) => cusumRunLength({ allowance: 0.5, threshold }, shift);
    expect(at(4, 0)).to.be.closeTo(168, 4);
    expect(at(5, 0)).to.be.closeTo(465, 10);
    expect(at(4, 1)).to.be.closeTo(8.38, 0.1);
    expect(at(5, 1)).to.be.closeTo(10.4, 0.1);
    let total = 0;
    for (let world = 0; world < 400; world++) {
      total += (cusum(normals(world, 2000), { allowance: 0.5, threshold: 4 })[0]?.at ?? 1999) + 1;
    }
    expect(total / 400).to.be.within(140, 196);
  });

  it("trades false alarms against delay along its curve", () => {
    const calm = Array.from({ length: 60 }, (_, i) => normals(i, 200));
    const changed = Array.from({ length: 60 }, (_, i) => normals(1000 + i, 200, 1.5, 100));
    const curve = detectionCurve(calm, changed, 100, 0.5, [4, 6, 8]);
    for (let i = 1; i < curve.length; i++) {
      expect(curve[i].falseAlarms).to.be.at.most(curve[i - 1].falseAlarms);
      expect(curve[i].meanDelay).to.be.greaterThan(curve[i - 1].meanDelay);
    }
    expect(curve[2].detected).to.be.greaterThan(0.95);
    expect(detectionCurve([[0]], [[0]], 0, 0.5, [5])[0].meanDelay).to.equal(Infinity);
  });

  it("refuses a chart without threshold and a series that is none", () => {
    expect(() => cusum([1], { allowance: 0.5, threshold: 0 })).to.throw(StatisticInputError, "threshold 0");
    expect(() => cusum([NaN], { allowance: 0.5, threshold: 1 })).to.throw(TooFewObservationsError);
    expect(() => detectionCurve([], [[1]], 0, 0.5, [1])).to.throw(TooFewObservationsError);
  });
});

describe("Bayesian change points", () => {
  const prior: ChangePointPrior = { meanRun: 200, mean: 0, meanWeight: 1, variance: 1, varianceWeight: 2 };

  it("find a jump of the mean and the start of the new run", () => {
    const series = normals(7, 160, 4, 100);
    const { mostLikely, changed } = runLengths(series, prior);
    expect(mostLikely[99]).to.be.within(90, 100);
    expect(mostLikely[110]).to.equal(11);
    expect(changed[95]).to.be.lessThan(0.1);
    expect(changed[104]).to.be.greaterThan(0.8);
  });

  it("find a jump of the variance alone", () => {
    const series = normals(8, 200).map((x, i) => (i >= 120 ? 5 * x : x));
    expect(runLengths(series, prior).mostLikely[160]).to.be.within(35, 45);
  });

  it("predict the first observation by the prior's Student law: ν = 2, location 0, scale² = 2", () => {
    // t density with 2 degrees: Γ(3/2)/(Γ(1)√(2π)) (1 + z²/2)^(-3/2), z = x/√2.
    for (const x of [0, 1.3, -4]) {
      const density = (Math.sqrt(Math.PI) / 2 / Math.sqrt(2 * Math.PI)) * (1 + x ** 2 / 4) ** -1.5;
      const { logPredictive } = runLengths([x], prior);
      expect(logPredictive[0]).to.be.closeTo(Math.log(density / Math.SQRT2), 1e-12);
    }
  });

  it("agree with the marginal likelihood summed over all segmentations of four observations", () => {
    const values = [0.3, -0.8, 2.5, 2.1];
    const one = (part: number[]): number => {
      const { logPredictive } = runLengths(part, { ...prior, meanRun: 1e300 });
      return logPredictive.reduce((sum, log) => sum + log, 0);
    };
    let total = 0;
    for (let cuts = 0; cuts < 8; cuts++) {
      let log = 0;
      let from = 0;
      for (let i = 0; i < 3; i++) {
        const isCut = ((cuts >> i) & 1) === 1;
        log += Math.log(isCut ? 1 / 200 : 1 - 1 / 200);
        if (!isCut) continue;
        log += one(values.slice(from, i + 1));
        from = i + 1;
      }
      total += Math.exp(log + one(values.slice(from)));
    }
    const { logPredictive } = runLengths(values, prior);
    expect(logPredictive.reduce((sum, log) => sum + log, 0)).to.be.closeTo(Math.log(total), 1e-10);
  });

  it("stay finite on an outlier and a constant series, and refuse a prior that is none", () => {
    const { expected, logPredictive } = runLengths([0, 0, 0, 1e150, 0, 0], prior);
    expect([...expected, ...logPredictive].every(Number.isFinite)).to.equal(true);
    expect(() => runLengths([1], { ...prior, varianceWeight: 1.5 })).to.throw(StatisticInputError);
    expect(() => runLengths([1], { ...prior, meanRun: 1 })).to.throw(StatisticInputError, "runs of 1");
    expect(() => runLengths([], prior)).to.throw(TooFewObservationsError);
  });
});
