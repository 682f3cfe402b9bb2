import { expect } from "chai";

import { sparsePolynomial } from "../../src/models/sparse-polynomial.ts";
import { createRandom } from "../../src/random/random.ts";
import type { MadeQuote } from "./calm-quotes.ts";
import { makeQuotes } from "./calm-quotes.ts";

const random = createRandom(1, "sparse");

/** Three terms of the 125: the rest is noise. */
function sparse({ logMoneyness, years, longVol }: MadeQuote): number {
  return 0.6 + 0.4 * (longVol - 0.5) - (0.1 * logMoneyness) / Math.sqrt(years);
}

const quotes = makeQuotes(60, sparse, 0.01);
const lasso = (path: number[]) => sparsePolynomial("lasso", "", 1, path).fit(quotes, random);

describe("lasso and elastic-net polynomials", function () {
  this.timeout(20_000);

  it("are the mean of the quotes with one degree of freedom at the largest penalty", () => {
    const fitted = lasso([1]);
    const mean = quotes.target.reduce((sum, vol) => sum + vol, 0) / quotes.target.length;
    expect(fitted.rawMany(quotes.features)[100]).to.be.closeTo(mean, 1e-9);
    expect(fitted.diagnostics.degreesOfFreedom).to.equal(1);
  });

  it("find a sparse truth with far fewer terms than there are, closer than its noise", () => {
    const fitted = sparsePolynomial("lasso", "", 1).fit(quotes, random);
    expect(fitted.diagnostics.degreesOfFreedom).to.be.within(3, 40);
    const raw = fitted.rawMany(quotes.features);
    const worst = raw.reduce((most, vol, row) => Math.max(most, Math.abs(vol - quotes.clean[row])), 0);
    expect(worst).to.be.below(0.01);
  });

  it("with half of the penalty quadratic have fewer degrees of freedom than terms", () => {
    const fitted = sparsePolynomial("net", "", 0.5, [0.01]).fit(quotes, random);
    const { coefficients } = (fitted.toJSON() as { parameters: { coefficients: number[] } }).parameters;
    const active = coefficients.filter((b) => b !== 0).length;
    expect(fitted.diagnostics.degreesOfFreedom).to.be.above(1).and.below(active);
  });

  it("keep more terms as the penalty falls", () => {
    const dofs = [0.3, 0.03, 0.001].map((share) => lasso([1, share]).diagnostics.degreesOfFreedom);
    expect(dofs[2]).to.be.above(dofs[1]);
  });
});
