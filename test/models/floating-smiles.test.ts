import { expect } from "chai";

import { frozenHash } from "../../src/models/frozen-model.ts";
import { ModelFitError } from "../../src/models/model-fit-error.ts";
import { modelByName } from "../../src/models/models.ts";
import type { QuoteSet } from "../../src/models/pricing-model.ts";
import { sabrVol } from "../../src/pricing/sabr.ts";
import { ssviCurvature, ssviTotalVariance } from "../../src/pricing/ssvi.ts";
import { sviTotalVariance } from "../../src/pricing/svi.ts";
import { createRandom } from "../../src/random/random.ts";
import type { MadeQuote } from "./calm-quotes.ts";
import { makeQuotes } from "./calm-quotes.ts";

const random = createRandom(1, "fit");
const names = ["svi", "svi-lagged", "svi-daily", "ssvi", "ssvi-lagged", "ssvi-daily", "sabr", "sabr-lagged"];

/** At-the-money vol of every tenor: a log-linear function of the realised vols. */
function atmVol({ shortVol, longVol }: MadeQuote): number {
  return Math.exp(0.05 + 0.3 * Math.log(shortVol) + 0.6 * Math.log(longVol));
}

/** A slice of variance 1 at the money and one year. */
const slice = { a: 0.4, b: 0.6, rho: -0.3, m: 0, sigma: 1 };

function sviQuote(quote: MadeQuote): number {
  const atm = atmVol(quote);
  return atm * Math.sqrt(sviTotalVariance(slice, quote.logMoneyness / (atm * Math.sqrt(quote.years))));
}

const ssvi = { rho: -0.4, eta: 0.9, gamma: 0.45 };

function ssviQuote(quote: MadeQuote): number {
  const theta = atmVol(quote) ** 2 * quote.years;
  const phi = ssviCurvature(ssvi, theta);
  return Math.sqrt(ssviTotalVariance(theta, phi, ssvi.rho, quote.logMoneyness) / quote.years);
}

/** At levels of α that are log-linear in the features; at-the-money vols are nearly so. */
function sabrQuote(quote: MadeQuote): number {
  const parameters = { alpha: atmVol(quote), beta: 1, rho: -0.35, nu: 0.8 / Math.sqrt(quote.years) };
  return sabrVol(parameters, 1, Math.exp(quote.logMoneyness), quote.years);
}

function worstError(quotes: QuoteSet, vols: Float64Array): number {
  return vols.reduce((worst, vol, i) => Math.max(worst, Math.abs(vol - quotes.target[i])), 0);
}

/** The same market at a level that calm never saw. */
function stressed(vol: (quote: MadeQuote) => number): QuoteSet {
  const quotes = makeQuotes(5, vol);
  const { features, target } = quotes;
  for (let row = 0; row < target.length; row++) {
    features.shortVol[row] = 1.6;
    features.longVol[row] = 1.1;
    target[row] = vol({
      logMoneyness: features.logMoneyness[row],
      years: features.years[row],
      shortVol: 1.6,
      longVol: 1.1,
      surfaceLevel: 0,
    });
  }
  return quotes;
}

describe("floating smiles", function () {
  this.timeout(20_000);

  it("svi reproduces the surface of an SVI market, in calm and at a level never seen", () => {
    const calm = makeQuotes(30, sviQuote);
    const fitted = modelByName("svi").fit(calm, random);
    expect(worstError(calm, fitted.rawMany(calm.features))).to.be.below(1e-4);
    const crash = stressed(sviQuote);
    expect(worstError(crash, fitted.rawMany(crash.features))).to.be.below(1e-3);
  });

  it("ssvi recovers ρ, η, γ of an SSVI market, and its surface at a level never seen", () => {
    const calm = makeQuotes(30, ssviQuote);
    const fitted = modelByName("ssvi").fit(calm, random);
    const { shape } = (fitted.toJSON() as { parameters: { shape: typeof ssvi } }).parameters;
    expect(shape.rho).to.be.closeTo(ssvi.rho, 0.01);
    expect(shape.gamma).to.be.closeTo(ssvi.gamma, 0.02);
    expect(worstError(calm, fitted.rawMany(calm.features))).to.be.below(2e-3);
    const crash = stressed(ssviQuote);
    expect(worstError(crash, fitted.rawMany(crash.features))).to.be.below(0.01);
  });

  it("sabr recovers ρ and ν of every tenor of a SABR market", () => {
    const calm = makeQuotes(30, sabrQuote);
    const fitted = modelByName("sabr").fit(calm, random);
    const { shape } = (fitted.toJSON() as { parameters: { shape: { rho: number; nu: number }[] } }).parameters;
    [3, 7, 14, 30, 60].forEach((days, t) => {
      expect(shape[t].rho).to.be.closeTo(-0.35, 0.02);
      expect(shape[t].nu * Math.sqrt(days / 365)).to.be.closeTo(0.8, 0.05);
    });
    expect(worstError(calm, fitted.rawMany(calm.features))).to.be.below(5e-3);
  });

  it("follow the previous cycle's surface in their lagged form, and never otherwise", () => {
    const calm = makeQuotes(20, sviQuote, 0.002);
    const raised = { ...calm.features, surfaceLevel: calm.features.surfaceLevel.map((vol) => 1.3 * vol) };
    for (const name of names) {
      const fitted = modelByName(name).fit(calm, random);
      const [before, after] = [calm.features, raised].map((at) => fitted.rawMany(at));
      if (/-(lagged|daily)$/.test(name)) expect(after[0], name).to.be.above(1.1 * before[0]);
      else expect(after, name).to.deep.equal(before);
    }
  });

  it("have the last day's shape in their daily form, and that of all days on average otherwise", () => {
    const skewed = (skew: number) => (quote: MadeQuote) => {
      const x = quote.logMoneyness / (quote.surfaceLevel * Math.sqrt(quote.years));
      return quote.surfaceLevel * (1 + skew * x);
    };
    const before = makeQuotes(20, skewed(-0.05));
    const turned = makeQuotes(20, skewed(0.08));
    const last = before.day[before.day.length - 1];
    const target = before.target.map((vol, row) => (before.day[row] === last ? turned.target[row] : vol));
    const skewOf = (name: string) => {
      const vols = modelByName(name)
        .fit({ ...before, target }, random)
        .rawMany(before.features);
      // Nine strikes of the middle tenor of the last day, from low to high.
      const row = before.target.length - 45 + 18;
      return vols[row + 6] - vols[row + 2];
    };
    for (const family of ["svi", "ssvi"]) {
      expect(skewOf(`${family}-lagged`), family).to.be.below(0);
      expect(skewOf(`${family}-daily`), family).to.be.above(0);
    }
  });

  it("learn nothing from the clean surface", () => {
    const calm = makeQuotes(20, ssviQuote, 0.002);
    const hidden = { ...calm, clean: calm.clean.map(() => Number.NaN) };
    for (const name of names) {
      const [seen, unseen] = [calm, hidden].map((quotes) => frozenHash(modelByName(name).fit(quotes, random)));
      expect(unseen, name).to.equal(seen);
    }
  });

  it("put no calendar arbitrage at the money, whatever the features", () => {
    const fitted = modelByName("svi").fit(makeQuotes(20, sviQuote, 0.01), random);
    const far = makeQuotes(5, () => 1);
    far.features.shortVol.fill(6);
    far.features.longVol.fill(0.2);
    far.features.logMoneyness.fill(0);
    const vols = fitted.rawMany(far.features);
    // Rows of a day come tenor by tenor.
    for (let row = 9; row < 45; row++) {
      const variance = (at: number) => vols[at] ** 2 * far.features.years[at];
      expect(variance(row)).to.be.at.least(variance(row - 9) * (1 - 1e-12));
    }
  });

  it("give a vol to every quote at any level, however far", () => {
    const calm = makeQuotes(20, sabrQuote, 0.002);
    for (const name of names) {
      const fitted = modelByName(name).fit(calm, random);
      for (const level of [0.01, 0.5, 9]) {
        const far = makeQuotes(5, () => 1);
        far.features.shortVol.fill(level);
        far.features.longVol.fill(level);
        far.features.surfaceLevel.fill(level);
        for (let row = 0; row < far.features.count; row++) far.features.logMoneyness[row] = 0.2 * ((row % 45) - 22);
        expect(fitted.rawMany(far.features).every(Number.isFinite), `${name} at ${level}`).to.equal(true);
      }
    }
  });

  it("say that a bound holds a wing as steep as the contracts allow", () => {
    const steep = { a: 0.2, b: 30, rho: -0.2, m: 0, sigma: 0.03 };
    const calm = makeQuotes(20, (quote) => {
      const atm = atmVol(quote);
      const w = sviTotalVariance(steep, quote.logMoneyness / (atm * Math.sqrt(quote.years)));
      return atm * Math.sqrt(w / sviTotalVariance(steep, 0));
    });
    const { boundsActive } = modelByName("svi").fit(calm, random).diagnostics;
    expect(boundsActive.join()).to.match(/put wing at \d+\.0 d/);
  });

  it("refuse quotes without five strikes at any tenor", () => {
    const calm = makeQuotes(20, sviQuote);
    const { logMoneyness } = calm.features;
    for (let row = 0; row < logMoneyness.length; row++) logMoneyness[row] = 0.01 * (row % 4);
    expect(() => modelByName("svi").fit(calm, random)).to.throw(
      ModelFitError,
      "no tenor is quoted at 5 strikes on half of the calm moments",
    );
  });
});
