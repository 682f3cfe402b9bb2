import { expect } from "chai";
import { encodeAbiParameters, parseAbiParameters } from "viem";
import { MissingReadFieldError } from "../../src/chain/account-parts.ts";
import type { BreakRule } from "../../src/chain/bundle-schema.ts";
import { BreakWatch } from "../../sim/replay/break-watch.ts";

const OUTPUTS = parseAbiParameters("((uint256 nav, uint256 fund) vault, uint256 badDebt) view_");
const LAYOUT = { outputs: OUTPUTS, accounts: null };

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
    const rule: BreakRule = { kind: "drawdown", field: ["vault", "nav"], limit: 200_000 };
    const path: [number, number, number][] = [1000, 1200, 960, 959, 1300].map((nav) => [nav, 0, 0]);
    expect(firstBreak(rule, path)).to.equal(4n);
    expect(firstBreak(rule, path.slice(0, 3))).to.equal(null);
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
