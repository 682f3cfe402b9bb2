import type { Amplification } from "../results/on-chain.ts";

import { estimate } from "./estimate.ts";
import type { JudgedRun } from "./finished-run.ts";
import { PERFECT } from "./plan.ts";
import { runsByCell } from "./runs-by-cell.ts";

/** What feedback adds to each cell, paired by seed; empty unless both arms ran. Rungs below P0 run in one arm only. */
export function amplificationOf(runs: readonly JudgedRun[]): Amplification[] {
  const key = ({ summary: { spec } }: JudgedRun) => `${spec.model}|${spec.preset}|${spec.severity}|${spec.seed}`;
  const without = new Map(runs.filter(({ summary }) => !summary.spec.feedback).map((run) => [key(run), run]));
  const compared = runs.filter(
    (run) => run.summary.spec.feedback && (run.summary.spec.rung ?? "P0") === "P0" && without.has(key(run)),
  );
  return runsByCell(compared).map((cell) => {
    const { model, preset, severity } = cell[0].summary.spec;
    const pairs = cell.map((on) => ({ on, off: without.get(key(on))! }));
    const excess = (read: (pair: (typeof pairs)[number]) => number) =>
      model === PERFECT ? null : estimate(pairs.map(read));
    return {
      ...{ model, preset, severity },
      loss: estimate(pairs.map(({ on, off }) => on.summary.loss - off.summary.loss)),
      excessCost: excess(({ on, off }) => (on.excessCost ?? Number.NaN) - (off.excessCost ?? Number.NaN)),
      lossWithout: estimate(pairs.map(({ off }) => off.summary.loss)),
      excessCostWithout: excess(({ off }) => off.excessCost ?? Number.NaN),
      errorWithoutVp: estimate(pairs.map(({ off }) => off.summary.quotes.effective)),
    };
  });
}
