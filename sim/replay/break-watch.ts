import type { Hex } from "viem";
import { readNumber } from "../../src/chain/account-parts.ts";
import type { BreakRule, ReadLayout } from "../../src/chain/bundle-schema.ts";

const MILLION = 1_000_000n;

/** Follows one break rule over the reads of a run and remembers the first block in which it held. */
export class BreakWatch {
  /** First block in which the rule was broken; null: not so far. */
  brokenAt: bigint | null = null;
  readonly #rule: BreakRule;
  readonly #layout: ReadLayout;
  #peak: bigint | undefined;

  constructor(rule: BreakRule, layout: ReadLayout) {
    this.#rule = rule;
    this.#layout = layout;
  }

  /** @param returned - what the aggregated read returned after `block` */
  see(block: bigint, returned: Hex): void {
    if (this.#breaks(returned)) this.brokenAt ??= block;
  }

  #breaks(returned: Hex): boolean {
    const rule = this.#rule;
    const value = readNumber(this.#layout, returned, rule.field);
    if (rule.kind === "drawdown") {
      this.#peak = this.#peak === undefined || value > this.#peak ? value : this.#peak;
      // (peak − value) / peak > limit / 10⁶, in whole numbers.
      return (this.#peak - value) * MILLION > BigInt(rule.limit) * this.#peak;
    }
    const limit = typeof rule.limit === "string" ? BigInt(rule.limit) : readNumber(this.#layout, returned, rule.limit);
    return rule.kind === "exceeds" ? value > limit : value < limit;
  }
}
