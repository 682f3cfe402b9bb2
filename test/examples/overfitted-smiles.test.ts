import { expect } from "chai";

import { horseRace, recordedSnapshots, syntheticSnapshots } from "../../examples/overfitted-smiles.ts";
import type { QuoteSnapshot } from "../../src/processes/quotes.ts";

/** The synthetic market with other vols: a function of moneyness alone. */
function withVols(volAt: (moneyness: number) => number): QuoteSnapshot[] {
  return syntheticSnapshots(120).map(({ time, quotes }) => ({
    time,
    quotes: quotes.map((quote) => ({ ...quote, markVol: volAt(quote.strike / quote.forward) })),
  }));
}

describe("example of over-fitted smiles", function () {
  this.timeout(20_000);

  it("prices without error what its terms can say, at every horizon, and no more", () => {
    const { rows } = horseRace(withVols((moneyness) => 0.5 + 0.3 * moneyness));
    const errorsOf = (name: string) => rows.find((row) => row.name.startsWith(name))!.errors;
    for (const name of ["R1", "R2"]) expect(Math.max(...errorsOf(name))).to.be.lessThan(1e-6);
    // A line in the strike is one in moneyness on the day of the fit only.
    expect(errorsOf("A1")[0]).to.be.lessThan(1e-6);
    expect(errorsOf("A1")[1]).to.be.greaterThan(0.1);
    expect(errorsOf("BS")[0]).to.be.greaterThan(1);
  });

  it("races on real quotes, each growth inside its interval", function () {
    const recorded = recordedSnapshots();
    if (recorded === undefined) return this.skip();
    const { rows, origins, steps } = horseRace(recorded);
    expect(origins).to.be.greaterThan(140);
    for (const { growth, low, high } of rows) expect(growth).to.be.within(low, high);
    for (const share of steps) expect(share).to.be.within(0, 1);
  });

  it("says that there is no data instead of failing", () => {
    expect(recordedSnapshots("/no/such/folder")).to.equal(undefined);
  });
});
