import { expect } from "chai";

import { fitHar, forecastHar, HarHistoryError, HarZeroVarianceError, qlike } from "../../src/processes/har.ts";
import type { PriceBars } from "../../src/processes/history.ts";
import { realisedVariances, realisedVariance } from "../../src/processes/realised-variance.ts";
import { createRandom } from "../../src/random/random.ts";

/** Daily variances that follow the one-day HAR in logs with the given coefficients and noise. */
function simulated(days: number, coefficients: [number, number, number, number], noise: number): Float64Array {
  const random = createRandom(4, "har");
  const values = new Float64Array(days).fill(0.25);
  const average = (day: number, span: number): number =>
    values.subarray(day - span, day).reduce((sum, value) => sum + value, 0) / span;
  for (let day = 30; day < days; day++) {
    const [b0, b1, b2, b3] = coefficients;
    const x = [1, 7, 30].map((span) => Math.log(average(day, span)));
    values[day] = Math.exp(b0 + b1 * x[0] + b2 * x[1] + b3 * x[2] + noise * random.normal(day, 0));
  }
  return values;
}

describe("fitHar", () => {
  it("finds the coefficients that made the data", () => {
    const truth: [number, number, number, number] = [-0.15, 0.4, 0.3, 0.2];
    const { coefficients, residualVariance } = fitHar(simulated(8000, truth, 0.3), 1);
    for (const [i, expected] of truth.entries()) expect(coefficients[i], `b${i}`).to.be.closeTo(expected, 0.06);
    expect(residualVariance).to.be.closeTo(0.09, 0.005);
  });

  it("forecasts a level that it has seen, without bias", () => {
    const values = simulated(4000, [-0.15, 0.4, 0.3, 0.2], 0.3);
    const model = fitHar(values.subarray(0, 2000), 5);
    let ratio = 0;
    for (let day = 2000; day < 3990; day += 5) {
      const realised = values.subarray(day, day + 5).reduce((sum, value) => sum + value / 5, 0);
      ratio += realised / forecastHar(model, values.subarray(0, day)) / 398;
    }
    expect(ratio).to.be.closeTo(1, 0.06);
  });

  it("refuses a history that is too short, saying how long it has to be", () => {
    expect(() => fitHar(new Float64Array(59), 1)).to.throw(HarHistoryError, "needs 60 days");
    const model = fitHar(simulated(200, [-0.15, 0.4, 0.3, 0.2], 0.3), 1);
    expect(() => forecastHar(model, new Float64Array(29))).to.throw(HarHistoryError);
  });

  it("refuses a day without any move instead of answering NaN", () => {
    const values = simulated(200, [-0.15, 0.4, 0.3, 0.2], 0.3);
    const model = fitHar(values, 1);
    values[77] = 0;
    expect(() => fitHar(values, 1)).to.throw(HarZeroVarianceError, "day 77");
    expect(() => forecastHar(model, values)).to.throw(HarZeroVarianceError);
  });
});

describe("qlike", () => {
  it("is zero for a hit, positive else, and harder on forecasts that are too low", () => {
    expect(qlike(0.3, 0.3)).to.equal(0);
    expect(qlike(0.3, 0.6)).to.be.closeTo(0.5 + Math.LN2 - 1, 1e-15);
    expect(qlike(0.3, 0.15)).to.be.greaterThan(qlike(0.3, 0.6));
  });
});

describe("realisedVariances", () => {
  it("measures day by day", () => {
    const hours = 72;
    const closes = Float64Array.from({ length: hours }, (_, i) => 100 * (1 + 0.01 * Math.sin(i * i)));
    const times = Float64Array.from({ length: hours }, (_, i) => i * 3600);
    const bars: PriceBars = {
      source: "a",
      times,
      opens: closes,
      highs: closes,
      lows: closes,
      closes,
      barSeconds: 3600,
    };
    const daily = realisedVariances(bars, 0, 72 * 3600);
    expect(daily).to.have.length(3);
    expect(daily[1]).to.equal(realisedVariance(bars, 86_400, 172_800));
  });
});
