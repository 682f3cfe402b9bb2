import { maxUint256, type Hex } from "viem";
import { readNumbers } from "../../src/chain/account-parts.ts";
import type { BreakRule, ReadLayout } from "../../src/chain/bundle-schema.ts";

const MILLION = 1_000_000n;
/** Scale of a quotient of two fields, so that it keeps its precision as a whole number. */
const WAD = 10n ** 18n;

/** Follows one break rule over the reads of a run and remembers the first block in which it was broken. */
export class BreakWatch {
  /** First block in which the rule was broken; null: not so far. */
  brokenAt: bigint | null = null;
  readonly #rule: BreakRule;
  readonly #layout: ReadLayout;
  #peak = 0n;

  constructor(rule: BreakRule, layout: ReadLayout) {
    this.#rule = rule;
    this.#layout = layout;
  }

  /** @param returned - what the aggregated read returned after `block` */
  see(block: bigint, returned: Hex): void {
    if (this.brokenAt === null && this.#breaks(returned)) this.brokenAt = block;
  }

  #breaks(returned: Hex): boolean {
    const rule = this.#rule;
    if (rule.kind === "drawdown") {
      const [value, per] = readNumbers(
        this.#layout,
        returned,
        rule.per === null ? [rule.field] : [rule.field, rule.per],
      );
      if (value === maxUint256 || per === 0n) return false;
      return this.#fell(per === undefined ? value : (value * WAD) / per, BigInt(rule.limit));
    }
    const fixed = typeof rule.limit === "string" ? BigInt(rule.limit) : undefined;
    const paths = typeof rule.limit === "string" ? [rule.field] : [rule.field, rule.limit];
    const [value, limit = fixed!] = readNumbers(this.#layout, returned, paths);
    if (value === maxUint256 || limit === maxUint256) return false;
    return rule.kind === "exceeds" ? value > limit : value < limit;
  }

  /** (peak − value) / peak > limit / 10⁶, in whole numbers. */
  #fell(value: bigint, limit: bigint): boolean {
    if (value > this.#peak) this.#peak = value;
    return (this.#peak - value) * MILLION > limit * this.#peak;
  }
}
