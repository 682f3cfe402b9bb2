import type { HardhatParts } from "../experiment/hardhat-parts.ts";
import type { StudyResult } from "../results/study.ts";
import type { Scenario } from "../scenarios/scenario.ts";

/** What a study may use. Two runs with equal scenario, models and seed give equal results on any number of jobs. */
export interface StudyContext {
  readonly scenario: Scenario;
  /** Names of the models in question, as the scenario scores them off chain. */
  readonly models: readonly string[];
  readonly masterSeed: number;
  /** Processes that may run at once. */
  readonly jobs: number;
  /** Module files of the user's own models among them, which every process loads. */
  readonly ownModels: readonly string[];
  /** Opens chains, for studies that run on one. */
  readonly hardhat: Pick<HardhatParts, "network" | "artifacts" | "project">;
  /** Aborted on Ctrl-C. */
  readonly signal: AbortSignal | undefined;
  /** Says how far the study is, in steps of its own: runs, or draws. */
  readonly advance: (done: number, total: number) => void;
}

/** A question beyond the main one that a run answers when asked: `npx hardhat sim --studies NAME`. */
export interface Study {
  readonly name: string;
  /** One line for `npx hardhat studies`. */
  readonly summary: string;
  /** Where the answer comes from: replicates without a chain, or runs on one. */
  readonly on: "paths" | "chain";
  /** @throws {UserError} when the scenario cannot answer the question */
  run(context: StudyContext): Promise<StudyResult>;
}
