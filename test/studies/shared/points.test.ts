import { expect } from "chai";

import { decimalText, placesText, rangeText } from "../../../sim/studies/shared/points.ts";

const measured = (y: number | null) => ({ y, low: null, high: null });

/** Items of a name and a value. */
function told(items: readonly (readonly [string, number | null])[]): string {
  return rangeText(
    items,
    ([name]) => name,
    ([, y]) => measured(y),
    (value) => decimalText(value, 1),
  );
}

describe("range of an answer", () => {
  it("names the least and the greatest, and leaves out what is unknown", () => {
    expect(
      told([
        ["a", 3],
        ["b", -1],
        ["c", 7],
        ["d", null],
      ]),
    ).to.equal("−1.0 (b) to 7.0 (c)");
  });

  it("names one alone, and says when nothing is known", () => {
    expect(
      told([
        ["a", 3],
        ["b", null],
      ]),
    ).to.equal("3.0 (a)");
    expect(told([["a", null]])).to.equal("unknown (too few draws)");
  });
});

describe("places of an answer", () => {
  it("name together what breaks at one place, and say where none is shown", () => {
    const places = [
      ["a", "4"],
      ["b", undefined],
      ["c", "4"],
    ] as const;
    expect(placesText(places)).to.equal("4 (a, c), not shown (b)");
    expect(placesText([places[0], places[2]])).to.equal("4");
  });
});
