import type { RunRecord } from "../engine/run-record.ts";
import type { Scenario } from "../scenarios/scenario.ts";

import { drawdown, valueWithoutFlows } from "./vault-value.ts";

/** What a run can break; `pricing` is decided off chain over replicates, the others by each run. */
export type BreakName = "pricing" | "economic" | "solvency" | "liveness";

/** A predicate that fell in a run. */
export interface Break {
  readonly predicate: BreakName;
  /** True: measured in excess of perfect pricing on the same seed; false: absolute. */
  readonly excess: boolean;
  /** Index of the block where it fell. */
  readonly block: number;
  readonly text: string;
}

/** Absolute breaks of one run, at most one per predicate, in order of blocks. */
export function absoluteBreaks(run: RunRecord, limits: Scenario["breaks"]): Break[] {
  return [economic(run, limits.drawdown), solvency(run), liveness(run, limits.lateness)]
    .filter((found) => found !== undefined)
    .sort((a, b) => a.block - b.block);
}

/**
 * Breaks beyond perfect pricing on the same seed: the cost against it passes a share of NAV; solvency and liveness
 * that fell here and not there.
 *
 * @param values - the run's value without flows, USD, by block from genesis on
 */
export function excessBreaks(
  own: { readonly values: Float64Array; readonly breaks: readonly Break[] },
  perfect: { readonly values: Float64Array; readonly breaks: readonly Break[] },
  limits: Scenario["breaks"],
): Break[] {
  const found: Break[] = [];
  const nav = own.values[0];
  for (let i = 1; i < own.values.length; i++) {
    const cost = perfect.values[i] - own.values[i] - (perfect.values[0] - own.values[0]);
    if (cost > limits.excessCost * nav) {
      const text = `cost against the control, as a share of NAV, ${passed(cost / nav, limits.excessCost)}`;
      found.push({ predicate: "economic", excess: true, block: i - 1, text });
      break;
    }
  }
  for (const broken of own.breaks) {
    if (broken.predicate === "economic") continue;
    if (perfect.breaks.some(({ predicate }) => predicate === broken.predicate)) continue;
    found.push({ ...broken, excess: true });
  }
  return found.sort((a, b) => a.block - b.block);
}

function economic(run: RunRecord, limit: number): Break | undefined {
  const values = valueWithoutFlows(run.genesis, run.blocks);
  let peak = values[0];
  for (let i = 1; i < values.length; i++) {
    peak = Math.max(peak, values[i]);
    const share = (peak - values[i]) / peak;
    if (share > limit) {
      const text = `drawdown ${passed(share, limit)}`;
      return { predicate: "economic", excess: false, block: i - 1, text };
    }
  }
  return undefined;
}

function solvency(run: RunRecord): Break | undefined {
  const fundAtStart = run.genesis.view.fund;
  let badDebt = 0;
  for (const block of run.blocks) {
    for (const event of block.events) {
      if (event.kind === "bad-debt") badDebt += event.shortfall;
      if (event.kind === "expiry-closed" && event.payoutRatio < 1) {
        const text = `longs were paid ${percent(event.payoutRatio)} of their claims`;
        return { predicate: "solvency", excess: false, block: block.index, text };
      }
    }
    if (badDebt > fundAtStart) {
      const text = `bad debt ${badDebt.toFixed(0)} USD > insurance fund ${fundAtStart.toFixed(0)} USD`;
      return { predicate: "solvency", excess: false, block: block.index, text };
    }
  }
  return undefined;
}

/** A settlement, a liquidation or a withdrawal that came later than the limit, or never. */
function liveness(run: RunRecord, limitSeconds: number): Break | undefined {
  const late: Break[] = [];
  const add = (block: number, what: string, since: number, time: number) =>
    late.push({
      predicate: "liveness",
      excess: false,
      block,
      text: `${what} waits for ${((time - since) / 3600).toFixed(1)} h > ${(limitSeconds / 3600).toFixed(0)} h`,
    });
  const sales = new Map<string, number>();
  const expiries = new Set(run.genesis.view.expiries.map(({ expiry }) => expiry));
  let epochDue: number | undefined;
  for (const block of run.blocks) {
    for (const event of block.events) {
      if (event.kind === "auction-started") sales.set(event.account, block.time);
      if (event.kind === "auction-bid" || event.kind === "auction-ended") sales.delete(event.account);
      if (event.kind === "settled") expiries.delete(event.expiry);
      if (event.kind === "withdrawal-requested") epochDue ??= block.view.vault.epochEndsAt;
      if (event.kind === "withdrawal-processed") epochDue = undefined;
    }
    for (const expiry of expiries)
      if (block.time - expiry > limitSeconds) add(block.index, "a settlement", expiry, block.time);
    for (const since of sales.values())
      if (block.time - since > limitSeconds) add(block.index, "a liquidation", since, block.time);
    if (epochDue !== undefined && block.time - epochDue > limitSeconds)
      add(block.index, "a withdrawal", epochDue, block.time);
    if (late.length > 0) return late[0];
  }
  return undefined;
}

/** Largest fall of the vault's value in a run, share of its peak. */
export function worstDrawdown(run: RunRecord): number {
  return drawdown(valueWithoutFlows(run.genesis, run.blocks)).share;
}

/** `15.6 % > 10.0 %`, with as many digits as tell the two apart. */
function passed(share: number, limit: number): string {
  let digits = 1;
  while (digits < 6 && percent(share, digits) === percent(limit, digits)) digits++;
  return `${percent(share, digits)} > ${percent(limit, digits)}`;
}

function percent(share: number, digits = 1): string {
  return `${(100 * share).toFixed(digits)} %`;
}
