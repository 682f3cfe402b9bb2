import type { RunSpec } from "../engine/run-record.ts";
import type { Scenario } from "../scenarios/scenario.ts";

/** Name under which perfect pricing runs and is reported: the P0 control and the rungs below it. */
export const PERFECT = "perfect";

/** Under which the rungs P1 and P2 run: nothing in it keeps a surface from landing. */
export const UNGUARDED = "OPEN";

/** One preset at one severity: the runs of all models and seeds there share random numbers. */
export interface Cell {
  readonly preset: string;
  readonly severity: number;
}

/** Severity 1 under every preset, the other severities under the last preset only. */
export function cellsOf(scenario: Scenario): Cell[] {
  const { presets, otherSeverities } = scenario.onChain;
  const last = presets[presets.length - 1];
  return [
    ...presets.map((preset) => ({ preset, severity: 1 })),
    ...otherSeverities.filter((severity) => severity !== 1).map((severity) => ({ preset: last, severity })),
  ];
}

/**
 * All runs of an experiment on chain: for each cell and seed the perfect control first, then every model, then what was
 * asked for besides. Runs of one preset are neighbours, so that a chain deploys a preset once.
 */
export function planRuns(scenario: Scenario, masterSeed: number): RunSpec[] {
  const cells = cellsOf(scenario);
  const { seeds, models, feedback, rungs } = scenario.onChain;
  const unguarded = rungs.filter((rung) => rung !== "P3");
  const runs: RunSpec[] = [];
  for (const { preset, severity } of withUnguarded(cells, unguarded.length > 0)) {
    const isCell = cells.some((cell) => cell.preset === preset && cell.severity === severity);
    for (let seed = 0; seed < seeds; seed++) {
      const shared = { scenario: scenario.name, severity, seed, masterSeed, preset, feedback: feedback !== "off" };
      const compared = (moved: boolean): RunSpec[] => [
        { ...shared, feedback: moved, model: PERFECT, rung: "P0" },
        ...models.map((model) => ({ ...shared, feedback: moved, model })),
      ];
      const perfect = (rung: RunSpec["rung"]): RunSpec => ({ ...shared, model: PERFECT, rung });
      if (isCell) runs.push(...compared(shared.feedback));
      if (preset === UNGUARDED) runs.push(...unguarded.map(perfect));
      if (isCell && rungs.includes("P3")) runs.push(perfect("P3"));
      if (isCell && feedback === "both") runs.push(...compared(false));
    }
  }
  return runs;
}

/** The cells, and where rungs without guards are asked for the unguarded preset at every severity of them. */
function withUnguarded(cells: readonly Cell[], wanted: boolean): readonly Cell[] {
  if (!wanted) return cells;
  const severities = [...new Set(cells.map(({ severity }) => severity))];
  const others = cells.filter(({ preset }) => preset !== UNGUARDED);
  return [...severities.map((severity) => ({ preset: UNGUARDED, severity })), ...others];
}

/** Whether a run belongs to the comparison of models: neither a rung below P0 nor the arm beside the main one. */
export function isCompared(spec: Pick<RunSpec, "rung" | "feedback">, { onChain }: Scenario): boolean {
  return (spec.rung === undefined || spec.rung === "P0") && spec.feedback === (onChain.feedback !== "off");
}

/** Key of a run's cell and pricing: what statistics gather over seeds. */
export function cellKey(spec: Pick<RunSpec, "model" | "rung" | "preset" | "severity" | "feedback">): string {
  return `${spec.model}|${spec.rung ?? ""}|${spec.preset}|${spec.severity}|${spec.feedback}`;
}
