import { expect } from "chai";
import fc from "fast-check";

import { ReportingRule } from "../../sim/oracle/reporting-rule.ts";
import type { MomentFeatures } from "../../src/models/feature-pipeline.ts";
import { defaultFeatureSettings, FeaturePipeline, quoteFeatures } from "../../src/models/feature-pipeline.ts";
import { createRandom } from "../../src/random/random.ts";

const terms = { heartbeat: 3600, deviation: 0.005, delay: 30 };

/** Geometric Brownian path at `vol` on a grid of `step` seconds. */
function path(days: number, vol: number, step: number, seed = 1): { times: Float64Array; prices: Float64Array } {
  const random = createRandom(seed, "path");
  const count = Math.floor((days * 86_400) / step) + 1;
  const times = new Float64Array(count);
  const prices = new Float64Array(count);
  let logPrice = Math.log(2000);
  for (let i = 0; i < count; i++) {
    if (i > 0) logPrice += vol * Math.sqrt(step / 31_536_000) * random.normal(i, 0);
    times[i] = i * step;
    prices[i] = Math.exp(logPrice);
  }
  return { times, prices };
}

function featuresAfter(pieces: readonly number[], { times, prices }: ReturnType<typeof path>): MomentFeatures {
  const rule = new ReportingRule(terms);
  const pipeline = new FeaturePipeline();
  const bounds = [0, ...[...pieces].sort((a, b) => a - b), times.length];
  for (let i = 1; i < bounds.length; i++) {
    for (const round of rule.due(times, prices, bounds[i - 1], bounds[i])) pipeline.round(round);
    pipeline.now();
  }
  return pipeline.now();
}

describe("FeaturePipeline", () => {
  it("gives the chain, which asks at every block, the features that training got from the whole path at once", () => {
    const whole = path(20, 0.6, 300);
    const atOnce = featuresAfter([], whole);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: whole.times.length }), { maxLength: 40 }), (pieces) => {
        expect(featuresAfter(pieces, whole)).to.deep.equal(atOnce);
      }),
      { numRuns: 20 },
    );
  });

  it("finds the volatility of a diffusion from irregular rounds", () => {
    const errors = Array.from(
      { length: 40 },
      (_, seed) => featuresAfter([], path(30, 0.8, 300, seed)).longVol / 0.8 - 1,
    );
    expect(errors.reduce((sum, e) => sum + e, 0) / errors.length).to.be.closeTo(0, 0.03);
  });

  it("weighs two returns by age and time: a hand-worked case", () => {
    const pipeline = new FeaturePipeline({
      ...defaultFeatureSettings,
      shortMemory: 100,
      longMemory: 1e9,
      flowHalfLife: 60,
    });
    pipeline.round({ answer: 100, observedAt: 0 });
    pipeline.round({ answer: 100 * Math.exp(0.01), observedAt: 100 });
    pipeline.round({ answer: 100 * Math.exp(0.03), observedAt: 300 });
    // r² of 1e-4 decays over 200 s by e⁻², then 4e-4 is added; the weighted time is 100 (1 − e⁻³) seconds.
    const short = ((1e-4 * Math.exp(-2) + 4e-4) / (100 * (1 - Math.exp(-3)))) * 31_536_000;
    expect(pipeline.now().shortVol).to.be.closeTo(Math.sqrt(short), 1e-9);
    expect(pipeline.now().longVol).to.be.closeTo(Math.sqrt((5e-4 / 300) * 31_536_000), 1e-5);
  });

  it("sees a jump in the share of jumps and not in a diffusion of the same variance", () => {
    const calm = path(14, 0.5, 300);
    const jumped = { times: calm.times, prices: calm.prices.map((price, i) => (i > 3900 ? price * 0.85 : price)) };
    expect(featuresAfter([], jumped).jumpShare).to.be.above(featuresAfter([], calm).jumpShare + 0.3);
  });

  it("keeps the returns of last answers on the grid: a hand-worked case", () => {
    const pipeline = new FeaturePipeline({ ...defaultFeatureSettings, gridStep: 100, returnCount: 3 });
    const rounds = [
      [0, 100],
      [40, 101],
      [140, 103],
      [160, 102],
      [450, 104],
      [520, 105],
    ];
    for (const [observedAt, answer] of rounds.slice(0, 3)) pipeline.round({ observedAt, answer });
    expect(pipeline.now().returns.end).to.equal(100);
    expect(Array.from(pipeline.now().returns.values)).to.deep.equal([Math.log(101) - Math.log(100)]);
    for (const [observedAt, answer] of rounds.slice(3)) pipeline.round({ observedAt, answer });
    // 101, 102, 102, 102, 104 at 100 to 500: of four returns three are kept.
    const { step, end, values } = pipeline.now().returns;
    expect([step, end]).to.deep.equal([100, 500]);
    expect(values).to.have.length(3);
    [0, 0, Math.log(104 / 102)].forEach((value, i) => expect(values[i]).to.be.closeTo(value, 1e-15));
  });

  it("has returns that sum to the move of the price", () => {
    const { returns, spot } = featuresAfter([], path(40, 0.6, 300));
    expect(returns.values).to.have.length(720);
    const { times, prices } = path(40, 0.6, 300);
    const start = prices[times.indexOf(returns.end - 720 * 3600)];
    // The feed's answers lie within its deviation of the price.
    const sum = returns.values.reduce((total, value) => total + value, 0);
    expect(Math.abs(sum - Math.log(spot / start))).to.be.below(0.02);
  });

  it("ignores a round that was observed no later than the last", () => {
    const pipeline = new FeaturePipeline();
    pipeline.round({ answer: 100, observedAt: 0 });
    pipeline.round({ answer: 101, observedAt: 600 });
    const before = pipeline.now();
    pipeline.round({ answer: 50, observedAt: 600 });
    expect(pipeline.now()).to.deep.equal(before);
  });

  it("halves the order flow in its half-life", () => {
    const pipeline = new FeaturePipeline();
    const state = { utilisation: 0.4, rateDifferential: 0.01, baseFee: 12 };
    pipeline.chain({ time: 0, vegaBought: 0.2, ...state });
    pipeline.chain({ time: 21_600, vegaBought: -0.05, ...state });
    expect(pipeline.now().orderFlow).to.be.closeTo(0.05, 1e-12);
    expect(pipeline.now().utilisation).to.equal(0.4);
  });

  it("has no volatility before the second round", () => {
    const pipeline = new FeaturePipeline();
    pipeline.round({ answer: 100, observedAt: 0 });
    expect(pipeline.isReady).to.equal(false);
    expect(Number.isNaN(pipeline.now().longVol)).to.equal(true);
  });

  it("measures moneyness from the feed's spot", () => {
    const pipeline = new FeaturePipeline();
    pipeline.round({ answer: 2000, observedAt: 0 });
    pipeline.surface(0.55);
    const at = quoteFeatures(pipeline.now(), 1800, 0.05);
    expect(at.logMoneyness).to.be.closeTo(Math.log(0.9), 1e-15);
    expect([at.years, at.surfaceLevel]).to.deep.equal([0.05, 0.55]);
  });
});
