import { expect } from "chai";
import { concatHex, numberToHex } from "viem";
import { MissingReadFigureError } from "../../src/chain/account-parts.ts";
import type { BreakRule, ReadLayout } from "../../src/chain/bundle-schema.ts";
import { BreakWatch } from "../../sim/replay/break-watch.ts";

const UNKNOWN = { word: 3, from: 0, bits: 1, signed: false };
const figure = (word: number) => ({
  sum: [{ factor: "1", divisor: "1", product: [{ word, from: 0, bits: 256, signed: false }] }],
  round: "down" as const,
  unknownWhen: [[UNKNOWN]],
});
const LAYOUT: ReadLayout = {
  accounts: [],
  balances: [],
  figures: { nav: figure(0), fund: figure(1), badDebt: figure(2) },
};

/** Words of a read: NAV, fund, bad debt, and whether they are unknown. */
function read(...words: readonly number[]) {
  return concatHex(words.map((word) => numberToHex(word, { size: 32 })));
}

/** First block, counted from 1, in which the rule breaks over states of (nav, fund, bad debt). */
function firstBreak(rule: BreakRule, states: readonly [number, number, number][]): bigint | null {
  const watch = new BreakWatch(rule, LAYOUT);
  states.forEach((state, index) => watch.see(BigInt(index + 1), read(...state, 0)));
  return watch.brokenAt;
}

describe("BreakWatch", () => {
  it("finds the first fall from the peak beyond the limit", () => {
    const rule: BreakRule = { kind: "drawdown", figure: "nav", per: null, limit: 200_000 };
    const path: [number, number, number][] = [1000, 1200, 960, 959, 1300].map((nav) => [nav, 0, 0]);
    expect(firstBreak(rule, path)).to.equal(4n);
    expect(firstBreak(rule, path.slice(0, 3))).to.equal(null);
  });

  it("takes a fall per share, where shares leave with their value", () => {
    const rule: BreakRule = { kind: "drawdown", figure: "nav", per: "fund", limit: 200_000 };
    const states: [number, number, number][] = [
      [0, 0, 0],
      [1000, 10, 0],
      [500, 5, 0],
      [399, 5, 0],
    ];
    expect(firstBreak(rule, states)).to.equal(4n);
  });

  it("breaks nothing on a value that is not known", () => {
    const watch = new BreakWatch({ kind: "exceeds", figure: "badDebt", limit: "5" }, LAYOUT);
    watch.see(1n, read(0, 0, 9, 1));
    expect(watch.brokenAt).to.equal(null);
  });

  it("compares a figure with another figure", () => {
    const rule: BreakRule = { kind: "exceeds", figure: "badDebt", limit: { figure: "fund" } };
    expect(
      firstBreak(rule, [
        [0, 5, 5],
        [0, 5, 6],
      ]),
    ).to.equal(2n);
  });

  it("compares a figure with a number", () => {
    const rule: BreakRule = { kind: "falls-below", figure: "fund", limit: "5" };
    expect(
      firstBreak(rule, [
        [0, 5, 0],
        [0, 4, 0],
        [0, 3, 0],
      ]),
    ).to.equal(2n);
  });

  it("says which figure the read does not have", () => {
    const rule: BreakRule = { kind: "exceeds", figure: "debt", limit: "5" };
    expect(() => firstBreak(rule, [[0, 0, 0]])).to.throw(MissingReadFigureError, "no figure debt");
  });
});
