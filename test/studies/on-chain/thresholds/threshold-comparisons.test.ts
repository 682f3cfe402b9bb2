import { expect } from "chai";

import type { CensoredInterval } from "../../../../src/statistics/turnbull.ts";
import type { PlacedThreshold } from "../../../../sim/studies/on-chain/thresholds/seek-all.ts";
import {
  cellsOf,
  distributionOf,
  fivePercentText,
  medianText,
  shareOf,
  type ThresholdCell,
} from "../../../../sim/studies/on-chain/thresholds/threshold-cells.ts";
import {
  compareCells,
  comparisonTable,
  movedText,
  powerText,
} from "../../../../sim/studies/on-chain/thresholds/threshold-comparisons.ts";
import { vaultPredicates } from "../../../../sim/studies/on-chain/thresholds/vault-run.ts";

const [primary] = vaultPredicates;
const never: CensoredInterval = { low: 1, high: Infinity };
const calm: CensoredInterval = { low: -Infinity, high: 0 };
/** The sixteenth that ends there. */
const upTo = (high: number): CensoredInterval => ({ low: high - 1 / 16, high });

const cell = (preset: string, within: readonly CensoredInterval[]): ThresholdCell => ({
  ...{ model: "m", preset, predicate: primary },
  thresholds: within.map((each) => ({ within: each, reenters: false })),
});

const pair = (of: string, first: ThresholdCell, second: ThresholdCell) => ({
  of,
  first: { name: first.preset, cell: first },
  second: { name: second.preset, cell: second },
});

describe("cells of thresholds", () => {
  it("gather one predicate's by model and preset, in the order of seeds", () => {
    const at = (preset: string, seed: number, high: number, predicate = primary): PlacedThreshold => ({
      ...{ place: { model: "m", preset, seed }, predicate, within: upTo(high), reenters: false },
    });
    const found = [at("B", 1, 0.5), at("A", 0, 1), at("B", 0, 0.25), at("B", 0, 0.75, vaultPredicates[1])];
    const cells = cellsOf(found, primary);
    expect(cells.map(({ preset, thresholds }) => [preset, thresholds.map(({ within }) => within.high)])).to.deep.equal([
      ["B", [0.25, 0.5]],
      ["A", [1]],
    ]);
  });

  it("say medians with the ends of the dial, an interval of six seeds on, and 5 % points of sixty on", () => {
    expect(medianText(cell("A", [calm, upTo(0.5), never]))).to.equal("0.47");
    expect(medianText(cell("A", [calm, calm, upTo(0.5), upTo(0.75), never, never]))).to.equal("0.47 [≤ 0, > 1]");
    expect(medianText(cell("A", Array<CensoredInterval>(8).fill(calm)))).to.equal("≤ 0 [≤ 0, ≤ 0]");
    expect(medianText(cell("A", Array<CensoredInterval>(8).fill(never)))).to.equal("> 1 [> 1, > 1]");
    expect(fivePercentText(cell("A", Array<CensoredInterval>(59).fill(upTo(0.5))))).to.equal("–");
    const sixty = [...Array<CensoredInterval>(3).fill(upTo(0.25)), ...Array<CensoredInterval>(57).fill(never)];
    expect(fivePercentText(cell("A", sixty))).to.equal("0.22");
  });

  it("give false breaks with their exact interval: none of eight is 0 % [0, 37]", () => {
    const eight = cell("A", Array<CensoredInterval>(8).fill(never));
    expect(shareOf(eight, ({ low }) => low === -Infinity)).to.equal("0 % [0, 37]");
  });

  it("rise from calm to the end, with the exact interval of the count where the grid is", () => {
    const points = distributionOf(cell("A", [calm, upTo(0.5), upTo(0.75), never]), 0.25, [0, 0.5, 1]);
    expect(points.map(({ y }) => y)).to.deep.equal([0.25, 0.25, 0.5, 0.75, 0.75]);
    expect(points.map(({ low }) => low === null)).to.deep.equal([false, true, false, true, false]);
    for (const { y, low, high } of points) if (low !== null) expect(y).to.be.within(low, high!);
  });
});

describe("comparison of thresholds", () => {
  const eight = (within: CensoredInterval) => Array<CensoredInterval>(8).fill(within);

  it("shows a shift on which eight seeds of eight agree, and not one of seven", () => {
    const first = cell("OPEN", eight(upTo(0.25)));
    const all = cell("FULL", eight(upTo(0.5)));
    const most = cell("FULL", [...eight(upTo(0.5)).slice(1), upTo(0.125)]);
    const [shown, unshown] = [all, most].map((second) => compareCells([pair("m", first, second)])[0]);
    expect(shown).to.deep.include({
      counts: { earlier: 0, later: 8, alike: 0, unknown: 0 },
      p: 0.0078125,
      isShown: true,
    });
    expect(movedText(shown)).to.equal("+0.25 [+0.19, +0.31]");
    expect(unshown.counts).to.deep.equal({ earlier: 1, later: 7, alike: 0, unknown: 0 });
    expect(unshown.p).to.be.closeTo(18 / 256, 1e-12);
    expect(unshown.isShown).to.equal(false);
  });

  it("adjusts over its family, so that the same p of seven comparisons is shown no more", () => {
    const moved = pair("m", cell("OPEN", eight(upTo(0.25))), cell("FULL", eight(upTo(0.5))));
    const still = pair("m", cell("OPEN", eight(upTo(0.25))), cell("FULL", eight(upTo(0.25))));
    const family = compareCells([moved, ...Array<typeof still>(6).fill(still)]);
    expect(family[0].adjusted).to.be.closeTo(7 / 128, 1e-12);
    expect(family[0].isShown).to.equal(false);
    expect(family[1]).to.deep.include({ counts: { earlier: 0, later: 0, alike: 8, unknown: 0 }, p: 1 });
    expect(movedText(family[1])).to.equal("0.00 [−0.06, +0.06]");
  });

  it("says which way, and no more of a shift than censoring leaves known", () => {
    const [late] = compareCells([pair("m", cell("OPEN", eight(upTo(0.25))), cell("FULL", eight(never)))]);
    expect(movedText(late)).to.equal("> +0.75 [+0.75, ∞]");
    const [early] = compareCells([pair("m", cell("OPEN", eight(upTo(0.25))), cell("FULL", eight(calm)))]);
    expect(movedText(early)).to.equal("< −0.19 [−∞, −0.19]");
    const [unknown] = compareCells([pair("m", cell("OPEN", eight(never)), cell("FULL", eight(never)))]);
    expect(movedText(unknown)).to.equal("unknown [−∞, ∞]");
    const { rows } = comparisonTable("caption", "model", [late, early, unknown]);
    expect(rows.map((row) => row[9])).to.deep.equal(["later", "earlier", "not shown"]);
  });

  it("says what so many seeds can show, or that they can show nothing", () => {
    expect(powerText(8, 3)).to.match(/where 8 agree; .* on 97 % of all seeds/);
    expect(powerText(8, 7)).to.match(/8 seeds cannot show a shift among 7 comparisons/);
  });
});
