import type { RunRecord, RunSpec } from "../engine/run-record.ts";
import type { Role, Scenario } from "../scenarios/scenario.ts";

import { activityByRole, type Activity } from "./activity.ts";
import { adverseSelection, type Selection } from "./adverse-selection.ts";
import { absoluteBreaks, worstDrawdown, type Break } from "./breaks.ts";
import { dealingOf, type Dealing } from "./dealing.ts";
import { greeksErrors, type GreeksErrors, type TrueGreeks } from "./greeks-error.ts";
import { hedgingError, type HedgingError } from "./hedging-error.ts";
import { liquidations, type HealthAtTruth, type Liquidations } from "./liquidations.ts";
import { outsideGridShare } from "./outside-grid.ts";
import { profitSplit, type ProfitSplit } from "./profit-split.ts";
import { effectiveErrorByAge, quoteErrors, type QuoteErrors } from "./quote-error.ts";
import { valueWithoutFlows } from "./vault-value.ts";

/** What measures need beside the record of a run. */
export interface MeasureContext {
  readonly scenario: Scenario;
  readonly trueGreeks: TrueGreeks;
  readonly healthAtTruth: HealthAtTruth;
  /** Units of the underlying that count as unhedged by choice. */
  readonly neutralInventory: number;
  /** Half-spread in vol. */
  readonly halfSpread: number;
  /** USD per vol point that the vault may be short at most. */
  readonly vegaLimit: number;
}

/** Everything that is kept of a run once its record is dropped; money in USD. */
export interface RunSummary {
  readonly spec: RunSpec;
  /** Value of the vault at truth without liquidity flows, by block from genesis on. */
  readonly values: Float64Array;
  /** Loss over the run as a share of NAV at genesis (negative: gain). */
  readonly loss: number;
  readonly drawdown: number;
  readonly split: ProfitSplit;
  readonly quotes: QuoteErrors;
  /** Effective error between neighbours of `errorAges`. */
  readonly effectiveByAge: readonly number[];
  /** Share of quotes beyond the posted grid; undefined without one. */
  readonly outsideGrid: number | undefined;
  readonly greeks: GreeksErrors;
  readonly hedging: HedgingError;
  readonly selection: ReadonlyMap<Role | "unknown", Selection>;
  readonly liquidations: Liquidations;
  readonly activity: ReadonlyMap<Role, Activity>;
  readonly posts: PostCounts;
  readonly dealing: Dealing;
  readonly events: EventCounts;
  /** Largest absolute vega of the vault as a share of its limit. */
  readonly peakVega: number;
  readonly gasByRole: Readonly<Partial<Record<Role | "harness", number>>>;
  readonly breaks: readonly Break[];
  readonly stateRoots: readonly string[];
}

/** What became of the surfaces that the keeper offered. */
export interface PostCounts {
  offered: number;
  clamped: number;
  /** Count by the name of the reason. */
  refused: Record<string, number>;
  /** Longest time without a surface that landed, hours, over the live expiries. */
  hoursWithoutFresh: number;
  tradesAttempted: number;
  tradesRefused: number;
}

/** Events that a run must show to be a real test. */
export interface EventCounts {
  rounds: number;
  hedges: number;
  settlements: number;
  withdrawals: number;
  liquidations: number;
}

export function summariseRun(run: RunRecord, context: MeasureContext): RunSummary {
  const values = valueWithoutFlows(run.genesis, run.blocks);
  const nav = values[0];
  return {
    spec: run.spec,
    values,
    loss: (nav - values[values.length - 1]) / nav,
    drawdown: worstDrawdown(run),
    split: profitSplit(run, context.neutralInventory),
    quotes: quoteErrors(run, context.halfSpread),
    effectiveByAge: effectiveErrorByAge(run),
    outsideGrid: outsideGridShare(run),
    greeks: greeksErrors(run, context.trueGreeks),
    hedging: hedgingError(run, context.trueGreeks, context.neutralInventory),
    selection: adverseSelection(run),
    liquidations: liquidations(run, context.healthAtTruth),
    activity: activityByRole(run),
    posts: postCounts(run),
    dealing: dealingOf(run),
    events: eventCounts(run),
    peakVega: peakVega(run, context.vegaLimit),
    gasByRole: gasByRole(run),
    breaks: absoluteBreaks(run, context.scenario.breaks),
    stateRoots: run.stateRoots,
  };
}

function postCounts(run: RunRecord): PostCounts {
  const counts: PostCounts = {
    offered: 0,
    clamped: 0,
    refused: {},
    hoursWithoutFresh: 0,
    tradesAttempted: 0,
    tradesRefused: 0,
  };
  let lastFresh = run.genesis.time;
  for (const block of run.blocks) {
    counts.offered += block.posts.offered;
    counts.clamped += block.posts.clamped;
    for (const reason of block.posts.refused) counts.refused[reason] = (counts.refused[reason] ?? 0) + 1;
    counts.hoursWithoutFresh = Math.max(counts.hoursWithoutFresh, (block.time - lastFresh) / 3600);
    if (block.posts.offered > block.posts.refused.length) lastFresh = block.time;
    for (const outcome of block.outcomes) {
      const refused = outcome.kind === "reverted" && outcome.error?.name.startsWith("Vault") === true;
      const traded = outcome.kind === "done" && outcome.events.some(({ kind }) => kind === "traded");
      if (refused || traded) counts.tradesAttempted++;
      if (refused) counts.tradesRefused++;
    }
  }
  return counts;
}

function eventCounts(run: RunRecord): EventCounts {
  const counts: EventCounts = { rounds: 0, hedges: 0, settlements: 0, withdrawals: 0, liquidations: 0 };
  for (const block of run.blocks) {
    for (const event of block.events) {
      if (event.kind === "round") counts.rounds++;
      if (event.kind === "hedged") counts.hedges++;
      if (event.kind === "settled") counts.settlements++;
      if (event.kind === "withdrawal-processed") counts.withdrawals++;
      if (event.kind === "auction-bid") counts.liquidations++;
    }
  }
  return counts;
}

function peakVega(run: RunRecord, limit: number): number {
  let peak = 0;
  // Vega is per 1.00 of vol, the limit per vol point.
  for (const block of run.blocks) peak = Math.max(peak, Math.abs(block.view.vault.totalVega) / 100 / limit);
  return peak;
}

function gasByRole(run: RunRecord): Partial<Record<Role | "harness", number>> {
  const total: Partial<Record<Role | "harness", number>> = {};
  for (const block of run.blocks) {
    for (const [role, gas] of Object.entries(block.gasByRole) as [Role | "harness", number][]) {
      total[role] = (total[role] ?? 0) + gas;
    }
  }
  return total;
}
