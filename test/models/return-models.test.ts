import { expect } from "chai";

import { ModelFitError } from "../../src/models/model-fit-error.ts";
import { modelByName } from "../../src/models/models.ts";
import type { FittedModel, QuoteSet, ReturnHistory } from "../../src/models/pricing-model.ts";
import { blockReturns, blockSquares, calmReturns, coarser, returnPeriod } from "../../src/models/return-series.ts";
import type { GarchParameters } from "../../src/processes/garch.ts";
import { garchVariance, garchVariances, simulateGarch } from "../../src/processes/garch.ts";
import { createRandom } from "../../src/random/random.ts";
import { makeQuotes } from "./calm-quotes.ts";

const random = createRandom(1, "fit");
const names = ["garch", "gjr", "har", "ewma", "bipower", "two-scale"];
const HOURS = 8760;

/** Calm quotes whose histories are windows of one series of hourly returns. */
function quotesOver(series: Float64Array, days: number, target = () => 0.5): QuoteSet {
  const quotes = makeQuotes(days, target);
  const warmup = series.length - 24 * days;
  const histories = Array.from({ length: days }, (_, day): ReturnHistory => {
    const end = warmup + 24 * day;
    return { step: 3600, end: end * 3600, values: series.slice(Math.max(0, end - 336), end) };
  });
  for (let row = 0; row < quotes.day.length; row++) quotes.features.returns[row] = histories[quotes.day[row]];
  return quotes;
}

function predict(fitted: FittedModel, values: Float64Array, days: number): number {
  const returns = { step: 3600, end: 0, values };
  return fitted.predict({ ...fitted.trainedOn.typical, years: days / 365, returns }).vol;
}

function parametersOf<P>(fitted: FittedModel): P {
  return (fitted.toJSON() as { parameters: P }).parameters;
}

const truth: GarchParameters = { omega: 6e-7, alpha: 0.08, beta: 0.9, gamma: 0 };
const simulated = simulateGarch(truth, garchVariance(truth), 24 * 134, createRandom(7, "garch")).returns;
const calm = quotesOver(simulated, 120);

describe("models of the feed's returns", function () {
  this.timeout(20_000);
  const garch = modelByName("garch").fit(calm, random);

  it("garch finds the parameters of the process that made the returns", () => {
    const { parameters } = parametersOf<{ parameters: GarchParameters }>(garch);
    expect(parameters.alpha).to.be.closeTo(truth.alpha, 0.03);
    expect(parameters.alpha + parameters.beta).to.be.closeTo(0.98, 0.02);
    expect(garch.diagnostics.degreesOfFreedom).to.equal(3);
    expect(garch.diagnostics.conditionNumber).to.be.within(2, 1e4);
  });

  it("garch quotes the mean of the variances that its recursion expects, step by step", () => {
    const { parameters } = parametersOf<{ parameters: GarchParameters }>(garch);
    const values = simulated.slice(-336);
    let variance = garchVariances(values, parameters, garchVariance(parameters))[336];
    let sum = 0;
    for (let hour = 0; hour < 72; hour++) {
      sum += variance;
      variance = parameters.omega + (parameters.alpha + parameters.beta) * variance;
    }
    expect(predict(garch, values, 3)).to.be.closeTo(Math.sqrt((sum / 72) * HOURS), 1e-12);
  });

  it("garch answers a fall as it does a rise, gjr a fall more; both more at short tenors", () => {
    const falling = simulateGarch(
      { ...truth, alpha: 0.02, gamma: 0.12 },
      garchVariance(truth),
      24 * 134,
      createRandom(8, "gjr"),
    ).returns;
    const gjr = modelByName("gjr").fit(quotesOver(falling, 120), random);
    const quiet = new Float64Array(336).fill(0.002);
    const after = (fitted: FittedModel, move: number, days: number) => {
      return predict(fitted, Float64Array.of(...quiet, move), days) - predict(fitted, quiet, days);
    };
    expect(after(garch, -0.1, 1)).to.be.closeTo(after(garch, 0.1, 1), 1e-12);
    expect(after(gjr, -0.1, 1)).to.be.above(1.5 * after(gjr, 0.1, 1));
    for (const fitted of [garch, gjr]) expect(after(fitted, -0.1, 1)).to.be.above(1.5 * after(fitted, -0.1, 30));
  });

  it("garch takes days for periods where prices move once a day", () => {
    const vols = simulateGarch(truth, garchVariance(truth), 134, createRandom(9, "daily")).returns;
    const daily = Float64Array.from({ length: 24 * 134 }, (_, hour) =>
      hour % 24 === 12 ? vols[Math.floor(hour / 24)] : 0,
    );
    const fitted = modelByName("garch").fit(quotesOver(daily, 120), random);
    expect(parametersOf<{ period: number; seconds: number }>(fitted)).to.include({ period: 24, seconds: 86_400 });
  });

  it("har and the estimators find a constant variance", () => {
    const gaussian = Float64Array.from({ length: 24 * 134 }, (_, i) => 0.006 * random.normal(i, 9));
    const quotes = quotesOver(gaussian, 120);
    const vol = 0.006 * Math.sqrt(HOURS);
    for (const name of ["har", "ewma", "bipower", "two-scale"]) {
      const raw = modelByName(name).fit(quotes, random).rawMany(quotes.features);
      const mean = raw.reduce((sum, value) => sum + value, 0) / raw.length;
      expect(mean / vol, name).to.be.closeTo(1, 0.06);
    }
  });

  it("ewma halves a return's weight in about eleven days: a hand-worked case", () => {
    const fitted = modelByName("ewma").fit(calm, random);
    const decay = 0.94 ** (1 / 24);
    const variance = (1e-4 * decay + 4e-4) / (decay + 1);
    expect(predict(fitted, Float64Array.of(0.01, -0.02), 7)).to.be.closeTo(Math.sqrt(variance * HOURS), 1e-12);
    expect(0.94 ** 11.2).to.be.closeTo(0.5, 0.001);
  });

  it("bipower hardly sees a jump that doubles the sum of squares", () => {
    const fitted = modelByName("bipower").fit(calm, random);
    const quiet = Float64Array.from({ length: 168 }, (_, i) => (i % 2 === 0 ? 0.005 : -0.005));
    const jumped = quiet.map((value, i) => (i === 80 ? value + 0.065 : value));
    expect(predict(fitted, quiet, 7)).to.be.closeTo(0.005 * Math.sqrt(0.5 * Math.PI * HOURS), 1e-12);
    expect(predict(fitted, jumped, 7)).to.be.below(1.1 * predict(fitted, quiet, 7));
    const squares = (values: Float64Array) => values.reduce((sum, value) => sum + value * value, 0);
    expect(squares(jumped)).to.be.above(2 * squares(quiet));
  });

  it("two-scale is unbiased with noise in the price that more than doubles the hourly variance", () => {
    const fitted = modelByName("two-scale").fit(calm, random);
    const variances = Array.from({ length: 300 }, (_, draw) => {
      const noise = (i: number) => 0.005 * random.normal(1000 * draw + i, 11);
      const values = Float64Array.from({ length: 168 }, (_, i) => {
        return 0.006 * random.normal(1000 * draw + i, 10) + noise(i + 1) - noise(i);
      });
      return predict(fitted, values, 7) ** 2;
    });
    const mean = variances.reduce((sum, value) => sum + value, 0) / variances.length;
    expect(mean / (0.006 ** 2 * HOURS)).to.be.closeTo(1, 0.07);
  });

  it("har forecasts more for tomorrow than for a month after a wild day", () => {
    const fitted = modelByName("har").fit(calm, random);
    const wild = Float64Array.from({ length: 336 }, (_, i) => (i < 312 ? 0.004 : 0.02) * (i % 2 === 0 ? 1 : -1));
    expect(predict(fitted, wild, 1)).to.be.above(predict(fitted, wild, 30));
    expect(fitted.diagnostics.degreesOfFreedom).to.equal(12);
  });

  it("read their own history and nothing else", () => {
    const blind = makeQuotes(120, () => 0.5);
    const features = { ...blind.features, returns: calm.features.returns };
    for (const column of [features.shortVol, features.longVol, features.surfaceLevel]) column.fill(Number.NaN);
    for (const name of names) {
      const fitted = modelByName(name).fit(calm, random);
      const all = fitted.rawMany(calm.features);
      expect(fitted.rawMany(features), name).to.deep.equal(all);
      // What comes later moves nothing of what was said before.
      const returns = calm.features.returns.map((history, row) =>
        row < 2700 ? history : { ...history, values: history.values.map((value) => 5 * value) },
      );
      const changed = fitted.rawMany({ ...calm.features, returns });
      expect(changed.slice(0, 2700), name).to.deep.equal(all.slice(0, 2700));
      expect(changed[2700], name).to.not.equal(all[2700]);
      if (name !== "har") expect(changed[2700], name).to.be.above(1.5 * all[2700]);
    }
  });

  it("answer a market just opened, or standing still, with what calm was like", () => {
    for (const name of names) {
      const fitted = modelByName(name).fit(calm, random);
      for (const values of [new Float64Array(), Float64Array.of(0.001), new Float64Array(336)]) {
        expect(predict(fitted, values, 7), name).to.be.within(0.15, 1);
      }
    }
  });

  it("refuse calm without returns, saying so", () => {
    const none = makeQuotes(20, () => 0.5);
    none.features.returns.fill({ step: 3600, end: Number.NaN, values: new Float64Array() });
    for (const name of names) {
      expect(() => modelByName(name).fit(none, random), name).to.throw(ModelFitError, /return/);
    }
  });
});

describe("calmReturns", () => {
  it("puts overlapping histories together into the series that they are windows of", () => {
    expect(calmReturns(calm, calm.day.length)).to.deep.equal(simulated.slice(0, -24));
  });

  it("stops at the row asked for", () => {
    expect(calmReturns(calm, 45)).to.have.length(336);
    expect(calmReturns(calm, 46)).to.have.length(360);
  });

  it("takes a day of a history on another clock", () => {
    const mixed = quotesOver(simulated, 120);
    const other = { step: 3600, end: 5e9, values: new Float64Array(336).fill(0.5) };
    for (let row = 45; row < 90; row++) mixed.features.returns[row] = other;
    const series = calmReturns(mixed, 90);
    expect(series).to.have.length(360);
    expect(series.slice(336)).to.deep.equal(other.values.slice(0, 24));
  });
});

describe("returnPeriod", () => {
  const days = Float64Array.from({ length: 60 }, (_, day) => 0.01 * random.normal(day, 20));
  const hours = (of: (hour: number) => number) => Float64Array.from({ length: 24 * 60 }, (_, hour) => of(hour));

  it("is an hour where prices move by the hour", () => {
    expect(
      returnPeriod(
        hours((hour) => 0.002 * random.normal(hour, 21)),
        3600,
      ),
    ).to.equal(1);
  });

  it("is a day where they move once a day, or a line was drawn between closes", () => {
    expect(
      returnPeriod(
        hours((hour) => (hour % 24 === 0 ? days[hour / 24] : 0)),
        3600,
      ),
    ).to.equal(24);
    const filled = hours((hour) => days[Math.floor(hour / 24)] / 24);
    expect(returnPeriod(filled, 3600)).to.equal(24);
    expect(Array.from(coarser({ step: 3600, end: 7, values: filled }, 24).values)[3]).to.be.closeTo(days[3], 1e-15);
  });

  it("lets estimates of daily data find the variance of days", () => {
    const filled = Float64Array.from({ length: 24 * 134 }, (_, hour) => {
      return (0.01 * random.normal(Math.floor(hour / 24), 22)) / 24;
    });
    const quotes = quotesOver(filled, 120);
    for (const name of ["ewma", "bipower", "garch", "two-scale"]) {
      const raw = modelByName(name).fit(quotes, random).rawMany(quotes.features);
      const mean = raw.reduce((sum, value) => sum + value * value, 0) / raw.length;
      expect(Math.sqrt(mean) / (0.01 * Math.sqrt(365)), name).to.be.closeTo(1, 0.15);
    }
  });
});

describe("blocks of returns", () => {
  it("end with the series", () => {
    const values = Float64Array.of(9, 1, 2, 3, 4);
    expect(Array.from(blockReturns(values, 2))).to.deep.equal([3, 7]);
    expect(Array.from(blockSquares(values, 2))).to.deep.equal([5, 25]);
  });
});
