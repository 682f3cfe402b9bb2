import { expect } from "chai";
import { Matrix, solve } from "ml-matrix";

import { UserError } from "../../src/errors/user-error.ts";
import { frozenHash } from "../../src/models/frozen-model.ts";
import { ModelFitError, ModelInputError } from "../../src/models/model-fit-error.ts";
import { listModels, modelByName } from "../../src/models/models.ts";
import {
  fitScaler,
  hermiteTable,
  polynomialInputs,
  polynomialRows,
  polynomialTerms,
} from "../../src/models/polynomial-terms.ts";
import { ridgeWithGrid } from "../../src/models/polynomial.ts";
import type { FeatureName, QuoteFeatures, QuoteSet } from "../../src/models/pricing-model.ts";
import { featureNames } from "../../src/models/pricing-model.ts";
import { createRandom } from "../../src/random/random.ts";
import type { MadeQuote } from "./calm-quotes.ts";
import { makeQuotes } from "./calm-quotes.ts";

const random = createRandom(1, "fit");

/** A floating quadratic smile whose level is a log-linear function of the realised vols. */
function floatingSmile({ logMoneyness, years, shortVol, longVol }: MadeQuote): number {
  const level = Math.exp(0.1 + 0.3 * Math.log(shortVol) + 0.6 * Math.log(longVol));
  const x = logMoneyness / (level * Math.sqrt(years));
  return level * (1 - 0.06 * x + 0.02 * x * x);
}

const noisy = makeQuotes(48, floatingSmile, 0.005);

function largestDifference(a: Float64Array, b: Float64Array): number {
  return a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i])), 0);
}

function rowOf({ features }: QuoteSet, row: number): QuoteFeatures {
  const values = Object.fromEntries(featureNames.map((name) => [name, features[name][row]]));
  return { ...(values as Record<FeatureName, number>), returns: features.returns[row] };
}

describe("every pricing model", function () {
  this.timeout(20_000);

  for (const model of listModels()) {
    describe(model.name, () => {
      const fitted = model.fit(noisy, random);

      it("keeps the hash of its frozen parameters while it predicts", () => {
        const before = frozenHash(fitted);
        fitted.predictMany(noisy.features);
        expect(frozenHash(fitted))
          .to.equal(before)
          .and.match(/^[0-9a-f]{64}$/);
      });

      it("has another hash when one calm quote is another", () => {
        const target = noisy.target.slice();
        target[1960] += 0.01;
        const other = model.fit({ ...noisy, target, features: { ...noisy.features } }, random);
        expect(frozenHash(other)).to.not.equal(frozenHash(fitted));
      });

      it("gives the same answer for one quote as for many", () => {
        // Inversions start from the vol of the strike before, so that rounding differs.
        expect(fitted.predict(rowOf(noisy, 7)).vol).to.be.closeTo(fitted.predictMany(noisy.features).vol[7], 1e-12);
      });

      it("stays within the contract's bounds where the raw output does not", () => {
        const far = makeQuotes(6, () => 1);
        far.features.logMoneyness.fill(-5);
        far.features.shortVol.fill(9);
        far.features.longVol.fill(9);
        far.features.surfaceLevel.fill(9);
        const { vol, sd } = fitted.predictMany(far.features);
        expect(Math.min(...vol)).to.be.at.least(0.15);
        expect(Math.max(...vol)).to.be.at.most(4);
        expect(sd.every((value) => value > 0)).to.equal(true);
      });

      it("refuses too few days, naming what and where", () => {
        expect(() => model.fit(makeQuotes(3, floatingSmile, 0.005), random))
          .to.throw(ModelFitError, model.name)
          .with.property("where")
          .that.matches(/days|quotes/);
      });

      it("refuses a quote that is no number, naming row and day", () => {
        const target = noisy.target.slice();
        target[95] = Number.NaN;
        expect(() => model.fit({ ...noisy, target }, random)).to.throw(ModelFitError, "target is NaN (row 95, day 2)");
      });

      it("refuses quotes that all weigh nothing", () => {
        const weight = new Float64Array(noisy.target.length);
        expect(() => model.fit({ ...noisy, weight }, random)).to.throw(ModelFitError, "weights of the quotes sum to 0");
      });

      it("explains a prediction by parts that sum to it, from the typical quote's vol", () => {
        const row = 1234;
        const at = rowOf(noisy, row);
        const { base, contributions, clamping, vol } = fitted.explain(at);
        expect(vol).to.be.closeTo(fitted.predict(at).vol, 1e-12);
        expect(base + Object.values(contributions).reduce((sum, part) => sum + part, 0) + clamping).to.be.closeTo(
          vol,
          1e-12,
        );
        const typical = fitted.explain(fitted.trainedOn.typical);
        for (const part of Object.values(typical.contributions)) expect(part).to.be.closeTo(0, 1e-12);
      });

      it("has positive degrees of freedom, and a condition number of at least 1 where it solved a system", () => {
        const { degreesOfFreedom, boundsActive, conditionNumber } = fitted.diagnostics;
        expect(degreesOfFreedom).to.be.above(0);
        expect(boundsActive).to.be.an("array");
        if (conditionNumber !== null) expect(conditionNumber).to.be.at.least(1);
      });

      it("says what training saw", () => {
        const { quotes, days, ranges } = fitted.trainedOn;
        expect([quotes, days]).to.deep.equal([2160, 48]);
        expect(ranges.longVol![0]).to.equal(Math.min(...noisy.features.longVol));
      });
    });
  }
});

describe("training summary", () => {
  it("does without a feature that the market does not have", () => {
    const features = { ...noisy.features, surfaceLevel: noisy.features.surfaceLevel.map(() => Number.NaN) };
    const { typical, ranges } = modelByName("smile-level").fit({ ...noisy, features }, random).trainedOn;
    expect([typical.surfaceLevel, ranges.surfaceLevel]).to.deep.equal([Number.NaN, undefined]);
    expect(typical.years).to.equal(14 / 365);
  });
});

describe("constant", () => {
  it("is the mean of the quotes", () => {
    const quotes = makeQuotes(10, ({ years }) => (years < 0.02 ? 0.4 : 0.6));
    const fitted = modelByName("constant").fit(quotes, random);
    expect(fitted.predictMany(quotes.features).vol[0]).to.be.closeTo((2 * 0.4 + 3 * 0.6) / 5, 1e-12);
    expect(fitted.diagnostics.degreesOfFreedom).to.equal(1);
  });
});

describe("realised-vol", () => {
  it("chooses the window that the quotes follow, and passes it on unchanged", () => {
    const short = modelByName("realised-vol").fit(
      makeQuotes(20, ({ shortVol }) => shortVol),
      random,
    );
    const long = modelByName("realised-vol").fit(
      makeQuotes(20, ({ longVol }) => longVol),
      random,
    );
    const { features } = makeQuotes(20, () => 1);
    expect(short.rawMany(features)).to.deep.equal(features.shortVol);
    expect(long.rawMany(features)).to.deep.equal(features.longVol);
  });
});

describe("smile-static", () => {
  it("quotes the same smile whatever the realised vols do", () => {
    const fitted = modelByName("smile-static").fit(noisy, random);
    const calm = rowOf(noisy, 7);
    expect(fitted.predict({ ...calm, shortVol: 3, longVol: 2, surfaceLevel: 2 })).to.deep.equal(fitted.predict(calm));
    expect(fitted.diagnostics.degreesOfFreedom).to.equal(7);
  });
});

describe("smile-level", () => {
  it("recovers a floating quadratic smile and its level rule", () => {
    const quotes = makeQuotes(60, floatingSmile);
    const fitted = modelByName("smile-level").fit(quotes, random);
    const { level, shape } = (fitted.toJSON() as { parameters: Record<"level" | "shape", number[]> }).parameters;
    expect(largestDifference(Float64Array.from(level), Float64Array.of(0.1, 0.3, 0.6))).to.be.below(1e-9);
    expect(largestDifference(Float64Array.from(shape), Float64Array.of(1, -0.06, 0.02, 0, 0, 0))).to.be.below(1e-9);
    expect(fitted.diagnostics.degreesOfFreedom).to.equal(9);
  });

  it("keeps the smile's shape where the level was never seen", () => {
    const stressed = makeQuotes(8, floatingSmile);
    stressed.features.shortVol.fill(1.4);
    stressed.features.longVol.fill(0.9);
    const fitted = modelByName("smile-level").fit(makeQuotes(60, floatingSmile), random);
    const truth = stressed.target.map((_, i) =>
      floatingSmile({
        logMoneyness: stressed.features.logMoneyness[i],
        years: stressed.features.years[i],
        shortVol: 1.4,
        longVol: 0.9,
        surfaceLevel: 0,
      }),
    );
    expect(largestDifference(fitted.rawMany(stressed.features), truth)).to.be.below(1e-8);
  });

  it("with the lagged surface, needs that surface", () => {
    const fitted = modelByName("smile-level-lagged").fit(noisy, random);
    const blind = { ...noisy.features, surfaceLevel: noisy.features.surfaceLevel.map(() => Number.NaN) };
    expect(() => fitted.predictMany(blind)).to.throw(ModelInputError, "surfaceLevel, which is NaN in row 0");
  });
});

describe("polynomial", function () {
  this.timeout(20_000);

  it("recovers a polynomial of its features exactly", () => {
    const cubic = ({ logMoneyness, years, shortVol }: MadeQuote) => {
      const m = logMoneyness / Math.sqrt(years);
      return 0.5 + 0.2 * (shortVol - 0.5) - 0.1 * m + 0.3 * m * m * shortVol + 0.05 * Math.sqrt(years) * m ** 3;
    };
    const quotes = makeQuotes(60, cubic);
    const fitted = modelByName("polynomial").fit(quotes, random);
    expect(largestDifference(fitted.rawMany(quotes.features), quotes.target)).to.be.below(1e-7);
  });

  it("has one degree of freedom for each term that five tenors can tell, fewer than its quotes", () => {
    const fitted = modelByName("polynomial").fit(noisy, random);
    expect(fitted.diagnostics.degreesOfFreedom).to.equal(125);
    expect(polynomialTerms(6)).to.have.length(126);
    expect(fitted.diagnostics.degreesOfFreedom).to.be.below(noisy.target.length);
  });

  it("is the least-squares fit that a QR decomposition gives", () => {
    const inputs = polynomialInputs(noisy.features);
    const count = noisy.target.length;
    const hermite = hermiteTable(inputs, count, fitScaler(inputs, count));
    const rows = polynomialRows(hermite, count, polynomialTerms(5));
    const design = Matrix.from1DArray(noisy.target.length, 125, Array.from(rows));
    const reference = design.mmul(solve(design, Matrix.columnVector(Array.from(noisy.target)))).to1DArray();
    const fitted = modelByName("polynomial").fit(noisy, random);
    expect(largestDifference(fitted.rawMany(noisy.features), Float64Array.from(reference))).to.be.below(1e-7);
  });

  it("refuses a feature that never varies", () => {
    const flat = makeQuotes(60, floatingSmile, 0.005);
    flat.features.longVol.fill(0.5);
    expect(() => modelByName("polynomial").fit(flat, random)).to.throw(ModelFitError, "longVol never varies");
  });

  it("refuses fewer distinct days than its terms in the realised vols, saying how many it can tell apart", () => {
    const design: QuoteSet = makeQuotes(12, floatingSmile, 0.005);
    expect(() => modelByName("polynomial").fit(design, random)).to.throw(
      ModelFitError,
      /singular design, 125 terms of which \d+ can be told apart/,
    );
  });
});

describe("ridge", () => {
  it("tends to least squares as the penalty vanishes", () => {
    const weak = ridgeWithGrid([1e-13]).fit(noisy, random);
    const ols = modelByName("polynomial").fit(noisy, random);
    expect(largestDifference(weak.rawMany(noisy.features), ols.rawMany(noisy.features))).to.be.below(1e-5);
    expect(weak.diagnostics.degreesOfFreedom).to.be.closeTo(125, 0.01);
  });

  it("tends to the mean, with one degree of freedom, as the penalty grows", () => {
    const strong = ridgeWithGrid([1e9]).fit(noisy, random);
    const mean = noisy.target.reduce((sum, vol) => sum + vol, 0) / noisy.target.length;
    expect(strong.rawMany(noisy.features)[0]).to.be.closeTo(mean, 1e-6);
    expect(strong.diagnostics.degreesOfFreedom).to.be.closeTo(1, 1e-4);
  });

  it("loses degrees of freedom as the penalty grows", () => {
    const dofs = [1e-6, 1e-4, 1e-2].map(
      (penalty) => ridgeWithGrid([penalty]).fit(noisy, random).diagnostics.degreesOfFreedom,
    );
    expect(dofs[0]).to.be.above(dofs[1]);
    expect(dofs[1]).to.be.above(dofs[2]);
  });
});

describe("modelByName", () => {
  it("names the nearest model and the whole list for an unknown one", () => {
    expect(() => modelByName("polinomial")).to.throw(
      UserError,
      '--models: unknown model "polinomial". Did you mean "polynomial"?; expected constant, realised-vol',
    );
  });

  it("finds every listed model", () => {
    for (const model of listModels()) expect(modelByName(model.name)).to.equal(model);
  });
});
