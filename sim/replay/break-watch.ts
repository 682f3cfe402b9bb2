import type { Hex } from "viem";
import { readFigures } from "../../src/chain/account-parts.ts";
import type { BreakRule, ReadLayout } from "../../src/chain/bundle-schema.ts";

const MILLION = 1_000_000n;
/** Scale of a quotient of two figures, so that it keeps its precision as a whole number. */
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
    const limit = rule.kind === "drawdown" ? undefined : rule.limit;
    const other = rule.kind === "drawdown" ? rule.per : typeof limit === "object" ? limit.figure : null;
    const [value, second] = readFigures(this.#layout, returned, other === null ? [rule.figure] : [rule.figure, other]);
    if (value === undefined || (other !== null && second === undefined)) return false;
    if (rule.kind === "drawdown") {
      if (second === 0n) return false;
      return this.#fell(second === undefined ? value : (value * WAD) / second, BigInt(rule.limit));
    }
    const bound = second ?? BigInt(rule.limit as string);
    return rule.kind === "exceeds" ? value > bound : value < bound;
  }

  /** (peak − value) / peak > limit / 10⁶, in whole numbers. */
  #fell(value: bigint, limit: bigint): boolean {
    if (value > this.#peak) this.#peak = value;
    return (this.#peak - value) * MILLION > limit * this.#peak;
  }
}
