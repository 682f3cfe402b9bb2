import { InternalError } from "../../src/errors/internal-error.ts";
import type { Submission } from "../agents/agent.ts";
import type { RunSpec } from "./run-record.ts";

/** A transaction failed in a way that no healthy run can: the run stops with what reproduces it. */
export class UnexpectedRevertError extends InternalError {
  constructor(spec: RunSpec, block: number, agent: string, submission: Submission, error: string) {
    const steps = submission.steps.map(({ kind }) => kind).join(" + ");
    const run = `${spec.scenario}, ${spec.model}, severity ${spec.severity}, seed ${spec.seed}, ${spec.preset}`;
    super(`${agent}'s ${steps} reverted with ${error} in the run of ${run}`, {
      seed: spec.masterSeed,
      block,
      action: `${submission.id}: ${submission.intent ?? steps}`,
    });
    this.name = "UnexpectedRevertError";
  }
}
