import { excessBreaks } from "../measure/breaks.ts";
import type { Scenario } from "../scenarios/scenario.ts";

import type { FinishedRun, JudgedRun } from "./finished-run.ts";
import { PERFECT } from "./plan.ts";

/** Pairs every run with the perfect control of its preset, severity, seed and arm of feedback. */
export function judgeRuns(runs: readonly FinishedRun[], limits: Scenario["breaks"]): JudgedRun[] {
  const key = ({ summary: { spec } }: FinishedRun) => `${spec.preset}|${spec.severity}|${spec.seed}|${spec.feedback}`;
  const controls = new Map(
    runs
      .filter(({ summary }) => summary.spec.model === PERFECT && summary.spec.rung === "P0")
      .map((run) => [key(run), run]),
  );
  return runs.map((run) => {
    const control = controls.get(key(run));
    if (control === undefined || control === run) {
      return { ...run, control: undefined, excessCost: undefined, excessBreaks: [] };
    }
    return {
      ...run,
      control,
      excessCost: run.summary.loss - control.summary.loss,
      excessBreaks: excessBreaks(run.summary, control.summary, limits),
    };
  });
}
