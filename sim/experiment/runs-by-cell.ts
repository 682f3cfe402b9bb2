import type { JudgedRun } from "./finished-run.ts";
import { cellKey } from "./plan.ts";

/** Runs of one model, preset and severity together, in the order in which they first come. */
export function runsByCell(runs: readonly JudgedRun[]): JudgedRun[][] {
  const byCell = new Map<string, JudgedRun[]>();
  for (const run of runs) {
    const key = cellKey(run.summary.spec);
    const cell = byCell.get(key);
    if (cell === undefined) byCell.set(key, [run]);
    else cell.push(run);
  }
  return [...byCell.values()];
}
