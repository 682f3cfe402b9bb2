import type { StudyTable } from "../../../results/study.ts";
import { backtestOverfitting } from "../../../../src/statistics/backtest-overfitting.ts";

/** What a model can be chosen by, of one draw. */
export interface TrackRecord {
  /** Root mean square error of each walk-forward day, vol points. */
  readonly daily: readonly number[];
  /** Hedged P&L by hour, basis points of spot. */
  readonly calmProfit: Float64Array;
  readonly stressProfit: Float64Array;
}

/** Most blocks of combinatorially symmetric cross-validation: 924 splits. */
const MOST_BLOCKS = 12;

/**
 * Cross-validated overfitting of a choice, its blocks made of whole draws.
 * @param columns - by model, by draw: returns, as many in each draw
 */
export function overfittingOf(columns: readonly (readonly ArrayLike<number>[])[]) {
  const draws = columns[0].length - (columns[0].length % 2);
  let blocks = Math.min(MOST_BLOCKS, draws);
  while (draws % blocks !== 0 || blocks % 2 !== 0) blocks--;
  return backtestOverfitting(
    columns.map((byDraw) => byDraw.slice(0, draws).flatMap((returns) => Array.from(returns))),
    blocks,
  );
}

/**
 * Cross-validated overfitting of the choice: of calm walk-forward days by error saved against the average model, and of
 * hours of hedged P&L, in calm alone and with stress among them.
 * @param records - by model, by draw
 */
export function overfittingTable(records: readonly (readonly TrackRecord[])[]): StudyTable {
  const columns = (pick: (record: TrackRecord) => ArrayLike<number>) => records.map((byDraw) => byDraw.map(pick));
  const errors = columns(({ daily }) => daily);
  const saved = errors.map((own) =>
    own.map((daily, draw) => Array.from(daily, (error, day) => averageOf(errors, draw, day) - error)),
  );
  const rows = [
    ["error saved, calm days", saved] as const,
    ["hedged P&L, calm hours", columns(({ calmProfit }) => calmProfit)] as const,
    [
      "hedged P&L, calm and stressed hours",
      columns(({ calmProfit, stressProfit }) => [...calmProfit, ...stressProfit]),
    ] as const,
  ].map(([what, returns]) => {
    const { probability, degradation, splits } = overfittingOf(returns);
    return [what, 100 * probability, degradation, splits];
  });
  return {
    caption: `Probability of backtest overfitting of the choice among these ${records.length} by Sharpe ratio, combinatorially symmetric`,
    head: ["chosen by", "probability, %", "slope out on in sample", "splits"],
    rows,
    digits: [0, 1, 2, 0],
  };
}

/** Mean over models of one day's error. */
function averageOf(columns: readonly (readonly ArrayLike<number>[])[], draw: number, day: number): number {
  return columns.reduce((sum, column) => sum + column[draw][day], 0) / columns.length;
}
