import type { RepairRule } from "../../src/processes/data-faults.ts";
import type { PriceColumns } from "../../src/processes/history.ts";
import type { TimeWindow } from "../../src/processes/windows.ts";
import type { Results } from "../results/results.ts";
import type { Scenario } from "../scenarios/scenario.ts";

/** A span of history that models are trained on, and the one that they are tested on. */
export interface HistoryTest {
  readonly name: string;
  /** Why this window, with its source. */
  readonly why: string;
  /** Unix seconds, `from` inclusive, `to` exclusive. */
  readonly calm: TimeWindow;
  readonly stress: TimeWindow;
}

/** Real history in the place of the synthetic world. Files are paths that can be read. */
export interface HistoryRequest {
  /** What the run is called. */
  readonly name: string;
  /** CSV files of one price series, in ascending time. */
  readonly prices: readonly string[];
  /** Titles of the price columns, where they are none of the usual ones. */
  readonly columns: PriceColumns;
  /** CSV files of option quotes. */
  readonly quotes: readonly string[];
  /** The spot index beside the quotes goes on where the price files end. */
  readonly quotedIndexAfterPrices: boolean;
  /** An index of implied vol in the place of quotes: `unit` is its value at a vol of 1. */
  readonly volatilityIndex:
    { readonly file: string; readonly column: string; readonly unit: number; readonly tenorDays: number } | undefined;
  readonly asset: Scenario["asset"];
  /** All tests; the chain runs the first. */
  readonly tests: readonly [HistoryTest, ...HistoryTest[]];
  /** Whether the windows were fixed in a scenario file, or given with the command. */
  readonly fixedIn: "scenario" | "command";
  /** Rules that repair bad rows; empty: refuse them. */
  readonly repairs: readonly RepairRule[];
  /** Longest hole in the prices of a window, seconds; undefined: 6 h, or five bars where that is longer. */
  readonly longestGap: number | undefined;
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

/** A request without what only the process that got it can use. */
export type PlainRequest = Omit<ExperimentRequest, "signal">;

export const phases = ["compile", "train", "score", "controls", "chain", "measure", "studies"] as const;
export type Phase = (typeof phases)[number];

/** What a running experiment says about itself; a phase of several parts, each begun and ended apart, names them. */
export type ProgressEvent = { readonly phase: Phase; readonly part?: string } & (
  | { readonly kind: "started"; readonly total: number | undefined }
  | { readonly kind: "advanced"; readonly done: number; readonly total: number }
  /** `detail` says in words what was done: "60 days, 2,700 quotes, at-the-money vol 41–63 %". */
  | { readonly kind: "finished"; readonly detail: string }
);

export interface ExperimentOutcome {
  readonly results: Results;
  /** The worst run of each model, to be written under `bundles/`. */
  readonly bundles: readonly { readonly name: string; readonly json: string }[];
  /** Long tables as CSV. */
  readonly tables: readonly { readonly name: string; readonly csv: string }[];
}

/** Runs an experiment in memory; nothing is written. */
export type RunExperiment = (
  request: ExperimentRequest,
  on: (event: ProgressEvent) => void,
) => Promise<ExperimentOutcome>;
