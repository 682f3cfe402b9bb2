import type { HardhatParts } from "../experiment/hardhat-parts.ts";
import type { RecordedMarket } from "../experiment/history/recorded-market.ts";
import type { TrainedTest } from "../experiment/history/trained-test.ts";
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

/** What a study of recorded prices may use. Nothing here is truth. */
export interface RecordedContext extends Pick<StudyContext, "models" | "masterSeed" | "signal" | "advance"> {
  readonly market: RecordedMarket;
  /** The scenario's tests with the models frozen on their calm windows, the one on chain first. */
  readonly tests: readonly [TrainedTest, ...TrainedTest[]];
}

/** A question beyond the main one that a run answers when asked: `npx hardhat sim --studies NAME`. */
export interface Study {
  readonly name: string;
  /** One line for `npx hardhat studies`. */
  readonly summary: string;
  /** Where the answer comes from: replicates without a chain, runs on one, or recorded prices alone. */
  readonly on: "paths" | "chain" | "history";
  /** @throws {UserError} when the scenario cannot answer the question */
  run(context: StudyContext): Promise<StudyResult>;
  /**
   * The same question of recorded prices; without it the question needs a truth that nobody recorded.
   * @throws {UserError} when the files cannot answer it
   */
  readonly recorded?: (context: RecordedContext) => Promise<StudyResult>;
}
