import type { Results } from "../results/results.ts";
import type { Scenario } from "../scenarios/scenario.ts";

/** Real history in the place of the synthetic world. */
export interface HistoryRequest {
  /** CSV of prices. */
  readonly prices: string;
  /** CSV of option quotes. */
  readonly quotes: string | undefined;
  /** Unix seconds, from inclusive, to exclusive. */
  readonly calm: readonly [from: number, to: number];
  readonly stress: readonly [from: number, to: number];
  /** What to do with bad rows; undefined: refuse them. */
  readonly repair: string | undefined;
}

/** A validated order for one experiment, all defaults resolved. */
export interface ExperimentRequest {
  /** With the command's overrides (models, severities, presets, seeds, replicates) applied. */
  readonly scenario: Scenario;
  readonly masterSeed: number;
  /** Chains that run at once; never changes a result. */
  readonly jobs: number;
  readonly history: HistoryRequest | undefined;
  /** Module files of the user's own models, which every process loads. */
  readonly ownModels: readonly string[];
  /** The exact command without `--out`, for the results. */
  readonly command: string;
  /** Aborted on Ctrl-C: the experiment closes its chains and rejects with the signal's reason. */
  readonly signal: AbortSignal | undefined;
}

export const phases = ["compile", "train", "score", "controls", "chain", "measure", "studies"] as const;
export type Phase = (typeof phases)[number];

/** What a running experiment says about itself. */
export type ProgressEvent =
  | { readonly kind: "started"; readonly phase: Phase; readonly total: number | undefined }
  | { readonly kind: "advanced"; readonly phase: Phase; readonly done: number; readonly total: number }
  /** `detail` says in words what was done: "60 days, 2,700 quotes, at-the-money vol 41–63 %". */
  | { readonly kind: "finished"; readonly phase: Phase; readonly detail: string };

export interface ExperimentOutcome {
  readonly results: Results;
  /** The worst run of each model, to be written under `bundles/`. */
  readonly bundles: readonly { readonly name: string; readonly json: string }[];
}

/** Runs an experiment in memory; nothing is written. */
export type RunExperiment = (
  request: ExperimentRequest,
  on: (event: ProgressEvent) => void,
) => Promise<ExperimentOutcome>;
