import type { Controls } from "../../results/generalisation.ts";
import type { GeneralisationConfig } from "./config.ts";
import { leakControl, permutationControl } from "./controls.ts";
import type { Prepared, ReplicateErrors } from "./replicate.ts";
import { scoreReplicates } from "./replicate.ts";

/** A part of the off-chain experiment that needs no other: replicates `from` … `to` − 1, or a control. */
export type ScoringTask =
  | { readonly kind: "replicates"; readonly from: number; readonly to: number }
  | { readonly kind: "permutation" }
  | { readonly kind: "leak" };

/** What a task found; each kind fills its own part. */
export interface Scored {
  readonly replicates?: readonly ReplicateErrors[];
  readonly permutation?: Controls["permutation"];
  readonly leak?: Controls["leak"];
}

/** Replicates that a process scores before it reports. */
const CHUNK = 10;
/** Replicates that the leak and permutation controls use; they exercise code, where replicates measure models. */
const LEAK_REPLICATES = 8;
const PERMUTED_REPLICATES = 16;
const SHUFFLES = 6;

/** The tasks of an experiment; the controls are the longest and so come first. */
export function scoringTasks(replicates: number): ScoringTask[] {
  const chunks = Array.from({ length: Math.ceil(replicates / CHUNK) }, (_, i): ScoringTask => {
    return { kind: "replicates", from: i * CHUNK, to: Math.min(replicates, (i + 1) * CHUNK) };
  });
  return [{ kind: "leak" }, { kind: "permutation" }, ...chunks];
}

export function carryOut(config: GeneralisationConfig, prepared: Prepared, task: ScoringTask): Scored {
  switch (task.kind) {
    case "replicates":
      return { replicates: scoreReplicates(config, prepared, task.from, task.to) };
    case "permutation":
      return { permutation: permutationControl(config, PERMUTED_REPLICATES, SHUFFLES) };
    case "leak":
      return { leak: leakControl(config, LEAK_REPLICATES) };
  }
}
