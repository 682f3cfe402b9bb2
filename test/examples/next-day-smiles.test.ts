import { expect } from "chai";

import { freeOfButterflies, nextDaySmiles } from "../../examples/next-day-smiles.ts";

describe("example of next-day smiles", function () {
  this.timeout(40_000);

  it("finds every smile better than a flat vol on quotes that have one, the same each time", () => {
    const scores = nextDaySmiles(24);
    const [flat, ...smiles] = scores;
    expect(smiles.map(({ name }) => name)).to.deep.equal(["SVI slices", "SSVI surface", "Heston"]);
    for (const { name, error, difference, p } of smiles) {
      expect(error, name).to.be.lessThan(flat.error);
      expect(difference!.high, name).to.be.lessThan(0);
      expect(p, name).to.be.lessThan(0.01);
    }
    expect(nextDaySmiles(24)).to.deep.equal(scores);
  });

  it("finds butterflies in some slices, since a slice is fitted without regard to them", () => {
    expect(freeOfButterflies(24)).to.be.within(0.3, 0.95);
  });
});
