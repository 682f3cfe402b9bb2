import type { TradeLog } from "../../src/models/trade-log.ts";
import type { Break } from "../measure/breaks.ts";
import type { RunSummary } from "../measure/run-summary.ts";
import type { Story } from "../results/on-chain.ts";

/** What the model of a run counted while it was asked; empty for models that count nothing. */
export type Readings = Readonly<Record<string, number>>;

/** What a study took from the record of a run before it was dropped, by name; empty for most runs. */
export type Columns = Readonly<Record<string, Float64Array>>;

/** A run after its record was dropped: its summary, its story for the report, and how to make its bundle. */
export interface FinishedRun {
  readonly summary: RunSummary;
  readonly readings: Readings;
  readonly columns: Columns;
  readonly gains: ReadonlyMap<string, number>;
  /** Unix seconds by block, for breaks. */
  readonly times: Float64Array;
  readonly story: Story;
  /** What the run's own events say; undefined where nobody asked for it. */
  readonly log: TradeLog | undefined;
}

/** A finished run with its breaks beyond the P0 control of the same preset, severity and seed. */
export interface JudgedRun extends FinishedRun {
  readonly control: FinishedRun | undefined;
  /** L(model) − L(P0) as a share of NAV at genesis; undefined for P0 itself. */
  readonly excessCost: number | undefined;
  readonly excessBreaks: readonly Break[];
}
