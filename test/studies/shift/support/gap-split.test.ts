import { expect } from "chai";
import fc from "fast-check";

import { splitGap, type ErredQuotes } from "../../../../sim/studies/shift/support/gap-split.ts";

/** Quotes of a week at the money, by error and short vol. */
function quotes(rows: readonly { readonly error: number; readonly shortVol: number }[]): ErredQuotes {
  const column = (of: (row: (typeof rows)[number]) => number) => Float64Array.from(rows, of);
  return {
    errors: column(({ error }) => error),
    weight: column(() => 1),
    years: column(() => 7 / 365),
    logMoneyness: column(() => 0),
    shortVol: column(({ shortVol }) => shortVol),
    longVol: column(() => 0.5),
  };
}

const calm = quotes([
  { error: 0.02, shortVol: 0.4 },
  { error: 0.04, shortVol: 0.6 },
]);

describe("split of a shift gap", () => {
  it("is concept shift alone where the features are calm's and the errors are not", () => {
    const split = splitGap(calm, quotes([0.4, 0.6].map((shortVol) => ({ error: 0.1, shortVol }))));
    expect(split.inside).to.equal(1);
    expect(split.concept).to.be.closeTo(split.gap, 1e-9);
    expect([split.covariate, split.outside].every((part) => Math.abs(part) < 1e-9)).to.equal(true);
  });

  it("is covariate shift alone where errors at equal features stay and only their mix moves", () => {
    const split = splitGap(calm, quotes([0.6, 0.6].map((shortVol) => ({ error: 0.04, shortVol }))));
    expect(split.covariate).to.be.closeTo(split.gap, 1e-9);
    expect(split.gap).to.be.greaterThan(0);
    expect(split.concept).to.be.closeTo(0, 1e-9);
  });

  it("is outside the support where calm has no neighbour", () => {
    const split = splitGap(calm, quotes([{ error: 0.3, shortVol: 1.2 }]));
    expect(split.inside).to.equal(0);
    expect(split.outside).to.be.closeTo(split.gap, 1e-9);
  });

  it("sums to the gap whatever the quotes", () => {
    const row = fc.record({
      error: fc.double({ min: -1, max: 1, noNaN: true }).filter((error) => Math.abs(error) > 1e-3),
      shortVol: fc.double({ min: 0.2, max: 1, noNaN: true }),
    });
    const rows = fc.array(row, { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(rows, rows, (still, moved) => {
        const { gap, concept, covariate, outside } = splitGap(quotes(still), quotes(moved));
        expect(concept + covariate + outside).to.be.closeTo(gap, 1e-6);
      }),
    );
  });
});
