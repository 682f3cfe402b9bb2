import { expect } from "chai";
import { encodeAbiParameters, maxUint256, parseAbiParameters } from "viem";
import { MissingReadFieldError } from "../../src/chain/account-parts.ts";
import type { BreakRule } from "../../src/chain/bundle-schema.ts";
import { BreakWatch } from "../../sim/replay/break-watch.ts";

const OUTPUTS = parseAbiParameters("((uint256 nav, uint256 fund) vault, uint256 badDebt) view_");
const LAYOUT = { outputs: OUTPUTS, lists: {}, pieces: [], balances: [] };

/** First block, counted from 1, in which the rule breaks over states of (nav, fund, bad debt). */
function firstBreak(rule: BreakRule, states: readonly [number, number, number][]): bigint | null {
  const watch = new BreakWatch(rule, LAYOUT);
  states.forEach(([nav, fund, badDebt], index) => {
    const state = { vault: { nav: BigInt(nav), fund: BigInt(fund) }, badDebt: BigInt(badDebt) };
    watch.see(BigInt(index + 1), encodeAbiParameters(OUTPUTS, [state]));
  });
  return watch.brokenAt;
}

describe("BreakWatch", () => {
  it("finds the first fall from the peak beyond the limit", () => {
    const rule: BreakRule = { kind: "drawdown", field: ["vault", "nav"], per: null, limit: 200_000 };
    const path: [number, number, number][] = [1000, 1200, 960, 959, 1300].map((nav) => [nav, 0, 0]);
    expect(firstBreak(rule, path)).to.equal(4n);
    expect(firstBreak(rule, path.slice(0, 3))).to.equal(null);
  });

  it("takes a fall per share, where shares leave with their value", () => {
    const rule: BreakRule = { kind: "drawdown", field: ["vault", "nav"], per: ["vault", "fund"], limit: 200_000 };
    const states: [number, number, number][] = [
      [0, 0, 0],
      [1000, 10, 0],
      [500, 5, 0],
      [399, 5, 0],
    ];
    expect(firstBreak(rule, states)).to.equal(4n);
  });

  it("breaks nothing on a value that is not known", () => {
    const watch = new BreakWatch({ kind: "exceeds", field: ["badDebt"], limit: "5" }, LAYOUT);
    watch.see(1n, encodeAbiParameters(OUTPUTS, [{ vault: { nav: 0n, fund: 0n }, badDebt: maxUint256 }]));
    expect(watch.brokenAt).to.equal(null);
  });

  it("compares a field with another field", () => {
    const rule: BreakRule = { kind: "exceeds", field: ["badDebt"], limit: ["vault", "fund"] };
    expect(
      firstBreak(rule, [
        [0, 5, 5],
        [0, 5, 6],
      ]),
    ).to.equal(2n);
  });

  it("compares a field with a number", () => {
    const rule: BreakRule = { kind: "falls-below", field: ["vault", "fund"], limit: "5" };
    expect(
      firstBreak(rule, [
        [0, 5, 0],
        [0, 4, 0],
        [0, 3, 0],
      ]),
    ).to.equal(2n);
  });

  it("says which field the read does not have", () => {
    const rule: BreakRule = { kind: "exceeds", field: ["vault", "debt"], limit: "5" };
    expect(() => firstBreak(rule, [[0, 0, 0]])).to.throw(
      MissingReadFieldError,
      "no field debt (looking for vault.debt)",
    );
  });
});
