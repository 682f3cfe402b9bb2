import { expect } from "chai";
import fc from "fast-check";

import { createRandom } from "../../src/random/random.ts";
import { backtestOverfitting } from "../../src/statistics/backtest-overfitting.ts";
import { blockBootstrapInterval, stationaryIndices } from "../../src/statistics/block-bootstrap.ts";
import { dieboldMariano } from "../../src/statistics/diebold-mariano.ts";
import { mean } from "../../src/statistics/moments.ts";
import { pairedTTest } from "../../src/statistics/paired-tests.ts";
import {
  acerbiSzekelyZ2,
  christoffersenFromCounts,
  christoffersenTests,
  kupiecTest,
} from "../../src/statistics/risk-backtests.ts";
import { shapleyValues } from "../../src/statistics/shapley.ts";
import { deflatedSharpe, expectedBestSharpe, probabilisticSharpe, sharpeSample } from "../../src/statistics/sharpe.ts";
import { StatisticInputError } from "../../src/statistics/statistic-input-error.ts";
import { TooFewObservationsError } from "../../src/statistics/too-few-observations-error.ts";

const finite = fc.double({ min: -100, max: 100, noNaN: true });

describe("backtests of VaR and expected shortfall", () => {
  it("give Jorion's example, 20 exceptions in 252 days at 95 %: 3.91, 9.53 and 13.44", () => {
    // Jorion (2007), "Value at risk", chapter 6: transitions 218, 14, 14, 6.
    const { coverage, independence, conditional } = christoffersenFromCounts([218, 14, 14, 6], 0.05);
    expect(coverage.statistic).to.be.closeTo(3.91, 0.005);
    expect(independence.statistic).to.be.closeTo(9.53, 0.005);
    expect(conditional.statistic).to.be.closeTo(13.44, 0.005);
    expect(kupiecTest(20, 252, 0.05)).to.deep.equal(coverage);
    expect(coverage.p).to.be.closeTo(0.0479, 5e-5);
  });

  it("count the transitions of a series, and are zero at the expected share", () => {
    const series = [0, 0, 1, 1, 0, 1, 0, 0, 0, 0];
    const { independence, coverage } = christoffersenTests(series, 0.3);
    expect(coverage.statistic).to.be.closeTo(0, 1e-12);
    expect(coverage.p).to.be.closeTo(1, 1e-6);
    expect(independence.statistic).to.be.closeTo(
      christoffersenFromCounts([4, 2, 2, 1], 0.3).independence.statistic,
      1e-12,
    );
  });

  it("are finite without a single exception, and with nothing else", () => {
    for (const value of [0, 1]) {
      const { coverage, independence, conditional } = christoffersenTests(new Array(50).fill(value), 0.05);
      expect(coverage.statistic).to.be.closeTo(-100 * Math.log(value === 0 ? 0.95 : 0.05), 1e-9);
      expect(independence.statistic).to.equal(0);
      expect(conditional.p).to.be.within(0, 1);
    }
  });

  it("give Z2 = 0 when tail losses average ES, -1 when they come twice as often", () => {
    const n = 400;
    const forecast = new Array(n).fill(2);
    const shortfall = new Array(n).fill(3);
    const losses = (every: number) => Array.from({ length: n }, (_, i) => (i % every === 0 ? 3 : -1));
    expect(acerbiSzekelyZ2(losses(40), forecast, shortfall, 0.025)).to.be.closeTo(0, 1e-12);
    expect(acerbiSzekelyZ2(losses(20), forecast, shortfall, 0.025)).to.be.closeTo(-1, 1e-12);
    expect(acerbiSzekelyZ2(losses(1000).fill(-1), forecast, shortfall, 0.025)).to.equal(1);
  });

  it("have a Z2 near zero on normal losses with normal forecasts", () => {
    // At 97.5 % a standard normal has VaR 1.959964 and ES 2.337803.
    const random = createRandom(5, "losses");
    const losses = Float64Array.from({ length: 40_000 }, (_, i) => random.normal(i, 0));
    const z2 = acerbiSzekelyZ2(
      losses,
      losses.map(() => 1.959964),
      losses.map(() => 2.337803),
      0.025,
    );
    expect(z2).to.be.closeTo(0, 0.1);
  });

  it("refuse counts, forecasts and columns that are none", () => {
    expect(() => kupiecTest(3, 0, 0.05)).to.throw(TooFewObservationsError);
    expect(() => kupiecTest(3, 2, 0.05)).to.throw(StatisticInputError, "3 exceptions of 2");
    expect(() => kupiecTest(1, 2, 1)).to.throw(StatisticInputError, "(0, 1)");
    expect(() => christoffersenTests([0, 0.5], 0.05)).to.throw(StatisticInputError, "day 1");
    expect(() => acerbiSzekelyZ2([1], [1], [0.5], 0.05)).to.throw(StatisticInputError, "day 0");
    expect(() => acerbiSzekelyZ2([1], [1], [NaN], 0.05)).to.throw(TooFewObservationsError);
    expect(() => acerbiSzekelyZ2([1, 1], [1], [2], 0.05)).to.throw(StatisticInputError, "length");
  });
});

describe("Diebold–Mariano", () => {
  it("is the paired t test at one step", () => {
    const worse = [1.1, 2.3, 2.9, 4.4, 3.2];
    const better = [0.1, 0.3, 0.2, 0.5, 1.3];
    const { statistic, p, difference, kernel } = dieboldMariano(worse, better);
    const differences = worse.map((loss, i) => loss - better[i]);
    const spread = Math.sqrt(differences.reduce((sum, d) => sum + (d - mean(differences)) ** 2, 0) / 4);
    expect(statistic).to.be.closeTo(mean(differences) / (spread / Math.sqrt(5)), 1e-12);
    expect(p / 2).to.be.closeTo(pairedTTest(differences), 1e-12);
    expect(difference).to.be.greaterThan(0);
    expect(kernel).to.equal("rectangular");
  });

  it("falls back to Bartlett where equal weights make a negative variance: an alternating series at three steps", () => {
    const series = Array.from({ length: 20 }, (_, t) => (t % 2 === 0 ? 1 : -0.9));
    const zero = series.map(() => 0);
    // γ0 = 0.9025, γ1 = -0.857375, γ2 = 0.81225: 1 - 1.9 + 1.8 > 0, but at two steps 1 - 1.9 < 0.
    expect(dieboldMariano(series, zero, 2).kernel).to.equal("bartlett");
    fc.assert(
      fc.property(fc.array(finite, { minLength: 8, maxLength: 30 }), fc.integer({ min: 1, max: 5 }), (a, h) => {
        const { statistic, p } = dieboldMariano(
          a,
          a.map(() => 0),
          h,
        );
        expect(Number.isNaN(statistic)).to.equal(false);
        expect(p).to.be.within(0, 1);
      }),
    );
  });

  it("changes sign with its arguments, and says what equal and constantly different losses are", () => {
    const a = [1, 3, 2, 5, 4, 4, 2];
    const b = [2, 2, 2, 4, 5, 1, 1];
    expect(dieboldMariano(a, b, 2).statistic).to.equal(-dieboldMariano(b, a, 2).statistic);
    expect(dieboldMariano(a, a)).to.include({ statistic: 0, p: 1 });
    expect(
      dieboldMariano(
        a.map((x) => x + 1),
        a,
      ),
    ).to.include({ statistic: Infinity, p: 0 });
  });

  it("refuses columns of different lengths, what is no number, and a horizon as long as the sample", () => {
    expect(() => dieboldMariano([1, 2], [1, 2, 3])).to.throw(StatisticInputError, "2 losses against 3");
    expect(() => dieboldMariano([1, NaN], [1, 2])).to.throw(TooFewObservationsError);
    expect(() => dieboldMariano([1, 2, 3], [3, 2, 1], 3)).to.throw(StatisticInputError, "horizon 3");
    expect(() => dieboldMariano([1, 2, 3], [3, 2, 1], 0)).to.throw(StatisticInputError);
  });
});

describe("Sharpe ratios deflated for choice", () => {
  // Bailey & López de Prado (2014), section "A numerical example": SR 2.5 a year, five years of 250 days.
  const sample = { sharpe: 2.5 / Math.sqrt(250), skewness: -3, kurtosis: 10, observations: 1250 };

  it("give the paper's example: 100 trials, SR0 0.1132, DSR 0.9004; 46 trials 0.9505; normal returns and 88 trials 0.9505", () => {
    expect(expectedBestSharpe(100, 0.5 / 250)).to.be.closeTo(0.1132, 5e-5);
    expect(deflatedSharpe(sample, 100, 0.5 / 250)).to.be.closeTo(0.9004, 5e-5);
    expect(deflatedSharpe(sample, 46, 0.5 / 250)).to.be.closeTo(0.9505, 5e-5);
    expect(deflatedSharpe({ ...sample, skewness: 0, kurtosis: 3 }, 88, 0.5 / 250)).to.be.closeTo(0.9505, 5e-5);
  });

  it("are one half at the benchmark, and lower against a higher one", () => {
    expect(probabilisticSharpe(sample, sample.sharpe)).to.equal(0.5);
    expect(probabilisticSharpe(sample, 0)).to.be.greaterThan(probabilisticSharpe(sample, 0.05));
  });

  it("take moments as defined: of 1, 2, 3, 10", () => {
    const { sharpe, skewness, kurtosis } = sharpeSample([1, 2, 3, 10]);
    expect(sharpe).to.be.closeTo(4 / Math.sqrt(50 / 3), 1e-12);
    expect(skewness).to.be.closeTo(180 / 4 / 12.5 ** 1.5, 1e-12);
    expect(kurtosis).to.be.closeTo((81 + 16 + 1 + 1296) / 4 / 12.5 ** 2, 1e-12);
  });

  it("refuse constant returns, one trial, and moments that no law has", () => {
    expect(() => sharpeSample([1, 1, 1])).to.throw(TooFewObservationsError, "distinct");
    expect(() => expectedBestSharpe(1, 1)).to.throw(TooFewObservationsError, "trials");
    expect(() => probabilisticSharpe({ ...sample, kurtosis: 5 }, 0)).to.throw(StatisticInputError, "kurtosis 5");
    expect(() => probabilisticSharpe({ ...sample, sharpe: NaN }, 0)).to.throw(StatisticInputError);
  });
});

describe("probability of backtest overfitting", () => {
  const random = createRandom(9, "strategies");
  const noise = (strategy: number, drift: number) =>
    Float64Array.from({ length: 200 }, (_, t) => drift + random.normal(t, strategy));

  it("is low for one skilled strategy among noise and near one half for noise alone", () => {
    const skilled = backtestOverfitting([noise(0, 0.5), ...[1, 2, 3, 4, 5].map((i) => noise(i, 0))], 8);
    expect(skilled.splits).to.equal(70);
    expect(skilled.probability).to.equal(0);
    expect(skilled.lossProbability).to.equal(0);
    let total = 0;
    for (let world = 0; world < 40; world++) {
      total +=
        backtestOverfitting(
          Array.from({ length: 8 }, (_, i) => noise(100 * world + i, 0)),
          6,
        ).probability / 40;
    }
    expect(total).to.be.within(0.35, 0.65);
  });

  it("is one where each half of the time has its own winner", () => {
    // Two blocks, mirrored returns: who wins in one half loses in the other.
    const rise = [3, 2, 4, 3, 1, -1, 0, -1];
    const fall = [1, -1, 0, -1, 3, 2, 4, 3];
    const { probability, degradation, logits } = backtestOverfitting([rise, fall], 2);
    expect(probability).to.equal(1);
    expect(degradation).to.equal(0);
    expect(logits[0]).to.be.closeTo(Math.log(0.5), 1e-12);
  });

  it("refuses one strategy, odd blocks, and a half without variation", () => {
    expect(() => backtestOverfitting([[1, 2, 3, 4]], 2)).to.throw(TooFewObservationsError, "strategies");
    expect(() => backtestOverfitting([noise(0, 0), noise(1, 0)], 5)).to.throw(StatisticInputError, "even");
    const flat = [1, 1, 1, 1];
    expect(() => backtestOverfitting([flat, [1, 2, 3, 4]], 2)).to.throw(TooFewObservationsError, "distinct");
  });
});

describe("Shapley values", () => {
  it("give the glove game its 1/6, 1/6, 2/3", () => {
    // Two left gloves (0, 1), one right (2): a pair is worth 1.
    const shares = shapleyValues(3, (bits) => ((bits & 4) !== 0 && (bits & 3) !== 0 ? 1 : 0));
    [1 / 6, 1 / 6, 2 / 3].forEach((share, i) => expect(shares[i]).to.be.closeTo(share, 1e-15));
  });

  it("sum to the whole, split additive games as they are, and give a bystander nothing", () => {
    fc.assert(
      fc.property(fc.array(finite, { minLength: 16, maxLength: 16 }), (table) => {
        const shares = shapleyValues(5, (bits) => table[bits & 15]);
        expect(shares.reduce((sum, share) => sum + share, 0)).to.be.closeTo(table[15] - table[0], 1e-10);
        expect(shares[4]).to.be.closeTo(0, 1e-12);
      }),
    );
    const additive = shapleyValues(3, (bits) => 7 + (bits & 1) * 2 + ((bits >> 1) & 1) * 3 - ((bits >> 2) & 1) * 5);
    expect(Array.from(additive, (share) => Number(share.toFixed(12)))).to.deep.equal([2, 3, -5]);
  });

  it("refuse no player, too many, and a coalition without a value", () => {
    expect(() => shapleyValues(0, () => 0)).to.throw(StatisticInputError);
    expect(() => shapleyValues(17, () => 0)).to.throw(StatisticInputError, "17 players");
    expect(() => shapleyValues(2, (bits) => (bits === 2 ? NaN : 0))).to.throw(StatisticInputError, "coalition 2");
  });
});

describe("block bootstrap", () => {
  it("runs on along the series and starts anew as often as its blocks are long", () => {
    const indices = new Uint32Array(20_000);
    stationaryIndices(50, 5, createRandom(2, "blocks"), 0, indices);
    let breaks = 0;
    for (let i = 1; i < indices.length; i++) if (indices[i] !== (indices[i - 1] + 1) % 50) breaks++;
    // A new block starts with chance 1/5, and continues the old one by accident 1 time in 50.
    expect(breaks / indices.length).to.be.closeTo(0.2 * (49 / 50), 0.01);
  });

  it("is wider than the ordinary bootstrap for a persistent series", () => {
    const random = createRandom(4, "ar");
    const series = new Float64Array(600);
    for (let t = 1; t < 600; t++) series[t] = 0.8 * series[t - 1] + random.normal(t, 0);
    const width = (block: number): number => {
      const { low, high } = blockBootstrapInterval(series, mean, block, createRandom(1, "b"), { resamples: 300 });
      return high - low;
    };
    expect(width(25)).to.be.greaterThan(1.8 * width(1));
  });

  it("refuses fewer than twenty blocks", () => {
    expect(() => blockBootstrapInterval(new Float64Array(99), mean, 5, createRandom(1))).to.throw(
      TooFewObservationsError,
    );
    expect(() => stationaryIndices(10, 0.5, createRandom(1), 0, new Uint32Array(1))).to.throw(StatisticInputError);
  });
});
