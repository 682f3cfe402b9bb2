import { join } from "node:path";

import { expect } from "chai";

import { createRandom } from "../../src/random/random.ts";
import { alarmCurve, firstAbove } from "../../src/statistics/alarm-curve.ts";
import { backtestOverfitting } from "../../src/statistics/backtest-overfitting.ts";
import { runLengths } from "../../src/statistics/bayesian-change-point.ts";
import { clopperPearson, wilson } from "../../src/statistics/binomial-interval.ts";
import { binomialTest } from "../../src/statistics/binomial-test.ts";
import { blockBootstrapInterval, stationaryIndices } from "../../src/statistics/block-bootstrap.ts";
import { bcaInterval } from "../../src/statistics/bootstrap.ts";
import { comparePairs, pairedShifts } from "../../src/statistics/censored-pairs.ts";
import { adaptiveConformal, intervalQuality, splitConformal } from "../../src/statistics/conformal.ts";
import { cusum, cusumPath, cusumRunLength, detectionCurve } from "../../src/statistics/cusum.ts";
import { dieboldMariano } from "../../src/statistics/diebold-mariano.ts";
import { energyDistance, kolmogorovSmirnov, populationStability, wasserstein } from "../../src/statistics/drift.ts";
import { equalAccuracy } from "../../src/statistics/equal-accuracy.ts";
import { holm } from "../../src/statistics/holm.ts";
import { locationTest } from "../../src/statistics/location-test.ts";
import { medianInterval, medianRank } from "../../src/statistics/median-interval.ts";
import { centralMoments, mean, median, quantile, standardDeviation } from "../../src/statistics/moments.ts";
import { pairedTTest, signFlips, signFlipTest } from "../../src/statistics/paired-tests.ts";
import { placeTest } from "../../src/statistics/place-test.ts";
import { poissonInterval } from "../../src/statistics/poisson-interval.ts";
import { pairsNeeded, smallestDetectable } from "../../src/statistics/power.ts";
import { quantileInterval } from "../../src/statistics/quantile-interval.ts";
import {
  acerbiSzekelyZ2,
  christoffersenFromCounts,
  christoffersenTests,
  kupiecTest,
} from "../../src/statistics/risk-backtests.ts";
import { rocArea, rocCurve, truePositivesAt } from "../../src/statistics/roc.ts";
import { shapleyValues } from "../../src/statistics/shapley.ts";
import { deflatedSharpe, expectedBestSharpe, probabilisticSharpe, sharpeSample } from "../../src/statistics/sharpe.ts";
import { fewestAgreeing, signTest, smallestDetectableShare } from "../../src/statistics/sign-test.ts";
import { resampling } from "../../src/statistics/resampling.ts";
import { simultaneousBand, simultaneousMedianBand } from "../../src/statistics/simultaneous-band.ts";
import { ranks, spearman, spearmanInterval } from "../../src/statistics/spearman.ts";
import { stratifiedMean } from "../../src/statistics/stratified-mean.ts";
import { tInterval } from "../../src/statistics/t-interval.ts";
import {
  censoredMedian,
  censoredMedianInterval,
  censoredMedianSpan,
  censoredQuantile,
  turnbull,
} from "../../src/statistics/turnbull.ts";
import { twoWayVariance } from "../../src/statistics/two-way-variance.ts";
import type { Call } from "../bad-input.ts";
import { checkBadInput, checkedFunctions } from "../bad-input.ts";

const random = createRandom(1, "bad input");
const normals = (count: number, purpose: number) =>
  Float64Array.from({ length: count }, (_, i) => random.normal(i, purpose));
const sample = normals(40, 0);
const other = normals(40, 1);
const curves = Array.from(sample, (z, i) => Float64Array.of(z, other[i]));
const thresholds = [
  { low: 0, high: 0.5 },
  { low: 0.3, high: 1 },
  { low: 0.7, high: 0.9 },
];
const few = { resamples: 50 };

const calls: Readonly<Record<string, Call>> = {
  alarmCurve: {
    of: alarmCurve,
    args: [
      [sample, other],
      [sample, other],
      [sample, other],
      [0.1, 0.5],
    ],
    infinite: "a delay without an alarm",
  },
  firstAbove: { of: firstAbove, args: [sample, 0.5], infinite: "no value above" },
  backtestOverfitting: { of: backtestOverfitting, args: [[sample, other, normals(40, 2)], 4] },
  runLengths: {
    of: runLengths,
    args: [sample, { meanRun: 50, mean: 0, meanWeight: 1, variance: 1, varianceWeight: 2, recent: 5 }],
  },
  clopperPearson: { of: clopperPearson, args: [7, 20, 0.95] },
  wilson: { of: wilson, args: [7, 20, 0.95] },
  binomialTest: { of: binomialTest, args: [7, 20, 0.3] },
  stationaryIndices: { of: stationaryIndices, args: [40, 4, random, 0, new Uint32Array(40)] },
  blockBootstrapInterval: {
    of: blockBootstrapInterval,
    args: [sample, mean, 1.5, random, { level: 0.95, ...few }],
  },
  bcaInterval: { of: bcaInterval, args: [sample, mean, random, { level: 0.95, ...few }] },
  splitConformal: {
    of: splitConformal,
    args: [sample.map(Math.abs), 0.1],
    infinite: "the whole line where scores are too few",
  },
  adaptiveConformal: {
    of: adaptiveConformal,
    args: [sample.map(Math.abs), other.map(Math.abs), { miscoverage: 0.1, rate: 0.005, window: 30 }],
    infinite: "the whole line where scores are too few",
  },
  intervalQuality: {
    of: intervalQuality,
    args: [sample.map(Math.abs), other.map(Math.abs)],
    infinite: "the width of nothing but whole lines",
  },
  cusum: { of: cusum, args: [sample, { allowance: 0.5, threshold: 1 }] },
  cusumPath: { of: cusumPath, args: [sample, 0.5] },
  cusumRunLength: {
    of: cusumRunLength,
    args: [{ allowance: 0.5, threshold: 4 }, 1],
    infinite: "a run that ends out of the doubles",
  },
  detectionCurve: {
    of: detectionCurve,
    args: [[sample, other], [sample, other], 10, 0.5, [1, 2]],
    infinite: "the delay of none detected",
  },
  dieboldMariano: {
    of: dieboldMariano,
    args: [sample, other, 2],
    infinite: "losses that differ by a constant",
  },
  populationStability: { of: populationStability, args: [sample, other, 5] },
  kolmogorovSmirnov: { of: kolmogorovSmirnov, args: [sample, other] },
  wasserstein: { of: wasserstein, args: [sample, other] },
  energyDistance: { of: energyDistance, args: [sample, other] },
  centralMoments: { of: centralMoments, args: [sample] },
  locationTest: { of: locationTest, args: [sample] },
  holm: { of: holm, args: [[0.01, 0.04, 0.03, 0.005]] },
  medianInterval: { of: medianInterval, args: [sample, 0.95] },
  mean: { of: mean, args: [sample] },
  standardDeviation: { of: standardDeviation, args: [sample] },
  quantile: { of: quantile, args: [sample, 0.3] },
  median: { of: median, args: [sample] },
  pairedTTest: { of: pairedTTest, args: [sample, 0.1] },
  signFlipTest: { of: signFlipTest, args: [sample, signFlips(40, random, 99)] },
  signFlips: { of: signFlips, args: [10, random, 99] },
  smallestDetectable: { of: smallestDetectable, args: [1, 8, { alpha: 0.05, power: 0.8 }] },
  quantileInterval: { of: quantileInterval, args: [sample, 0.5, 0.9], infinite: "an end that no observation gives" },
  kupiecTest: { of: kupiecTest, args: [20, 252, 0.05] },
  christoffersenTests: { of: christoffersenTests, args: [Array.from(sample, (z) => (z > 1.2 ? 1 : 0)), 0.1] },
  christoffersenFromCounts: { of: christoffersenFromCounts, args: [[218, 14, 14, 6], 0.05] },
  acerbiSzekelyZ2: {
    of: acerbiSzekelyZ2,
    args: [sample, sample.map(() => 1.6), sample.map(() => 2), 0.05],
  },
  rocCurve: { of: rocCurve, args: [sample, Array.from(other, (z) => z > 0)], infinite: "the threshold of no alarm" },
  rocArea: { of: rocArea, args: [sample, Array.from(other, (z) => z > 0)] },
  truePositivesAt: {
    of: truePositivesAt,
    args: [
      [
        { threshold: 9, falsePositives: 0, truePositives: 0 },
        { threshold: 1, falsePositives: 0.2, truePositives: 0.5 },
      ],
      0.3,
    ],
  },
  shapleyValues: { of: shapleyValues, args: [3, (coalition: number) => coalition ** 2] },
  sharpeSample: { of: sharpeSample, args: [sample] },
  probabilisticSharpe: {
    of: probabilisticSharpe,
    args: [{ sharpe: 0.1, skewness: -1, kurtosis: 5, observations: 250 }, 0.02],
  },
  expectedBestSharpe: { of: expectedBestSharpe, args: [100, 0.002] },
  deflatedSharpe: {
    of: deflatedSharpe,
    args: [{ sharpe: 0.1, skewness: -1, kurtosis: 5, observations: 250 }, 100, 0.002],
  },
  simultaneousBand: { of: simultaneousBand, args: [curves, resampling(40, random, 50), 0.9] },
  simultaneousMedianBand: { of: simultaneousMedianBand, args: [curves, resampling(40, random, 50), 0.9] },
  resampling: { of: resampling, args: [10, random, 5] },
  comparePairs: { of: comparePairs, args: [thresholds, thresholds] },
  pairedShifts: { of: pairedShifts, args: [thresholds, thresholds], infinite: "what is censored on a side" },
  equalAccuracy: { of: equalAccuracy, args: [sample, other], infinite: "losses that differ by a constant" },
  placeTest: { of: placeTest, args: [[sample.slice(0, 9), other.slice(0, 9)], random] },
  poissonInterval: { of: poissonInterval, args: [7, 0.95] },
  signTest: { of: signTest, args: [7, 3] },
  fewestAgreeing: { of: fewestAgreeing, args: [10, 0.05] },
  smallestDetectableShare: { of: smallestDetectableShare, args: [10, { alpha: 0.05, power: 0.8 }] },
  pairsNeeded: { of: pairsNeeded, args: [0.5, 1, { alpha: 0.05, power: 0.8 }], infinite: "more than a million pairs" },
  medianRank: { of: medianRank, args: [20, 0.95] },
  censoredQuantile: { of: censoredQuantile, args: [thresholds, 0.5], infinite: "what is censored on a side" },
  censoredMedianSpan: { of: censoredMedianSpan, args: [thresholds], infinite: "what is censored on a side" },
  censoredMedianInterval: {
    of: censoredMedianInterval,
    args: [[...thresholds, ...thresholds], 0.95],
    infinite: "what is censored on a side",
  },
  ranks: { of: ranks, args: [sample] },
  spearman: { of: spearman, args: [sample, other] },
  spearmanInterval: { of: spearmanInterval, args: [0.4, 40, 0.95] },
  stratifiedMean: {
    of: stratifiedMean,
    args: [
      [
        { share: 0.4, values: Array.from(sample) },
        { share: 0.6, values: Array.from(other) },
      ],
      0.95,
    ],
  },
  tInterval: { of: tInterval, args: [sample, 0.95] },
  turnbull: {
    of: turnbull,
    args: [thresholds],
    infinite: "what is censored on a side",
  },
  censoredMedian: {
    of: censoredMedian,
    args: [thresholds],
    infinite: "what is censored on a side",
  },
  twoWayVariance: {
    of: twoWayVariance,
    args: [
      [
        [1, 2],
        [3, 8],
      ],
    ],
  },
};

describe("bad input to src/statistics", () => {
  for (const [name, call] of Object.entries(calls)) {
    it(`is refused by name by ${name}, or gives numbers`, () => checkBadInput(call));
  }

  it("is tried on every function", async () => {
    const folder = join(import.meta.dirname, "../../src/statistics");
    expect(await checkedFunctions(folder)).to.have.members(Object.keys(calls));
  });
});
