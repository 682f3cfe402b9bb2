import { expect } from "chai";

import { createRandom } from "../../src/random/random.ts";
import { bcaInterval } from "../../src/statistics/bootstrap.ts";
import { quantile } from "../../src/statistics/moments.ts";
import { acerbiSzekelyZ2 } from "../../src/statistics/risk-backtests.ts";
import { turnbull } from "../../src/statistics/turnbull.ts";

/** Score A of 26 neurologically impaired children: Efron & Tibshirani (1993), table 14.1. */
const spatial = [48, 36, 20, 29, 42, 42, 20, 42, 22, 41, 45, 14, 6, 0, 33, 28, 34, 4, 32, 24, 47, 41, 24, 26, 30, 41];

/**
 * Months to cosmetic deterioration under radiotherapy alone: Finkelstein & Wolfe (1985), as in Fay & Shaw (2010). No
 * right end: not yet at the last visit.
 */
const deterioration: readonly (readonly [number, number?])[] = [
  [45],
  [6, 10],
  [0, 7],
  [46],
  [46],
  [7, 16],
  [17],
  [7, 14],
  [37, 44],
  [0, 8],
  [4, 11],
  [15],
  [11, 15],
  [22],
  [46],
  [46],
  [25, 37],
  [46],
  [26, 40],
  [46],
  [27, 34],
  [36, 44],
  [46],
  [36, 48],
  [37],
  [40],
  [17, 25],
  [46],
  [11, 18],
  [38],
  [5, 12],
  [37],
  [0, 5],
  [18],
  [24],
  [36],
  [5, 11],
  [19, 35],
  [17, 25],
  [24],
  [32],
  [33],
  [19, 26],
  [37],
  [34],
  [36],
];

describe("published statistics", () => {
  it("BCa gives the variance of the spatial test data 171.5 and, at 90 %, about [115.8, 259.6]", () => {
    // Efron & Tibshirani (1993), "An introduction to the bootstrap", table 14.2, whose own 2,000 resamples move the ends.
    const variance = (sample: Float64Array) => {
      const centre = sample.reduce((sum, value) => sum + value, 0) / sample.length;
      return sample.reduce((sum, value) => sum + (value - centre) ** 2, 0) / sample.length;
    };
    const random = createRandom(1, "spatial");
    const { estimate, low, high } = bcaInterval(spatial, variance, random, { level: 0.9, resamples: 20_000 });
    expect(estimate).to.be.closeTo(171.5, 0.05);
    expect(low).to.be.closeTo(115.8, 2);
    expect(high).to.be.closeTo(259.6, 5);
  });

  it("Turnbull's estimate gives Fay and Shaw's masses of the breast cosmesis data", () => {
    // Fay & Shaw (2010), "Exact and asymptotic weighted logrank tests for interval censored data", JSS 36(2), section 4.
    const masses = turnbull(deterioration.map(([low, high = Infinity]) => ({ low, high })));
    const published = [
      [4, 5, 0.0463],
      [6, 7, 0.0334],
      [7, 8, 0.0887],
      [11, 12, 0.0708],
      [24, 25, 0.0926],
      [33, 34, 0.0818],
      [38, 40, 0.1209],
      [46, 48, 0.4656],
    ];
    const found = masses.filter(({ mass }) => mass > 1e-4);
    expect(found.map(({ low, high }) => [low, high])).to.deep.equal(published.map(([low, high]) => [low, high]));
    found.forEach(({ mass }, i) => expect(mass).to.be.closeTo(published[i][2], 5e-5));
  });

  it("Z2 has its published critical value, -0.70 at 5 % for a tail of 2.5 % over 250 normal days", () => {
    // Acerbi & Székely (2014), "Back-testing expected shortfall", table of critical levels.
    const random = createRandom(1, "z2");
    const [valueAtRisk, shortfall] = [1.959964, 2.337803];
    const days = Float64Array.from({ length: 250 });
    const statistics = Float64Array.from({ length: 3000 }, (_, sample) =>
      acerbiSzekelyZ2(
        days.map((_, day) => random.normal(sample, day)),
        days.map(() => valueAtRisk),
        days.map(() => shortfall),
        0.025,
      ),
    );
    expect(quantile(statistics, 0.05)).to.be.closeTo(-0.7, 0.06);
  });
});
