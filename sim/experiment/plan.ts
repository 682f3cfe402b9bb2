import type { RunSpec } from "../engine/run-record.ts";
import type { Scenario } from "../scenarios/scenario.ts";

/** Name under which the P0 control runs and is reported. */
export const PERFECT = "perfect";

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
 * All runs of an experiment on chain: for each cell and seed the perfect control first, then every model. Runs of one
 * preset are neighbours, so that a chain deploys a preset once.
 */
export function planRuns(scenario: Scenario, masterSeed: number): RunSpec[] {
  const runs: RunSpec[] = [];
  for (const { preset, severity } of cellsOf(scenario)) {
    for (let seed = 0; seed < scenario.onChain.seeds; seed++) {
      const shared = {
        scenario: scenario.name,
        severity,
        seed,
        masterSeed,
        preset,
        feedback: scenario.onChain.feedback,
      };
      runs.push({ ...shared, model: PERFECT, rung: "P0" });
      for (const model of scenario.onChain.models) runs.push({ ...shared, model });
    }
  }
  return runs;
}

/** Key of a run's cell and model: what statistics gather over seeds. */
export function cellKey(spec: Pick<RunSpec, "model" | "preset" | "severity">): string {
  return `${spec.model}|${spec.preset}|${spec.severity}`;
}
