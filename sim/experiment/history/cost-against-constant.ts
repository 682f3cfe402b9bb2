import type { HistoryResult } from "../../results/history.ts";
import { estimate } from "../estimate.ts";
import type { JudgedRun } from "../finished-run.ts";
import { PERFECT } from "../plan.ts";

const BENCHMARK = "constant";

/** Loss of each model less that of the constant benchmark, paired by preset and seed; shares of genesis NAV. */
export function costAgainstConstant(runs: readonly JudgedRun[]): HistoryResult["costAgainstConstant"] {
  const place = ({ summary: { spec } }: JudgedRun) => `${spec.preset}|${spec.seed}`;
  const benchmark = new Map(
    runs.filter(({ summary }) => summary.spec.model === BENCHMARK).map((run) => [place(run), run.summary.loss]),
  );
  const cells = new Map<string, { model: string; preset: string; costs: number[] }>();
  for (const run of runs) {
    const { model, preset } = run.summary.spec;
    const base = benchmark.get(place(run));
    if (model === BENCHMARK || model === PERFECT || base === undefined) continue;
    const key = `${model}|${preset}`;
    const cell = cells.get(key) ?? { model, preset, costs: [] };
    cells.set(key, cell);
    cell.costs.push(run.summary.loss - base);
  }
  return [...cells.values()].map(({ model, preset, costs }) => ({ model, preset, cost: estimate(costs) }));
}
