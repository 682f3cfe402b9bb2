import { modelByName } from "../../../src/models/models.ts";
import { median } from "../../../src/statistics/moments.ts";
import type { FittedModel } from "../../../src/models/pricing-model.ts";
import type { Controls, Generalisation } from "../../results/generalisation.ts";
import type { Scenario } from "../../scenarios/scenario.ts";
import type { GeneralisationConfig } from "./config.ts";
import { defaultTradeTerms } from "./config.ts";
import { knownBreakControl, oracleControl } from "./controls.ts";
import { designNames } from "./quotes.ts";
import type { FailedReplicate, Prepared, ReplicateErrors } from "./replicate.ts";
import { fitModels, prepareReplicates, pricersOf, replicateRandom, trainingQuotes } from "./replicate.ts";
import { quoteControl } from "./quote-control.ts";
import { replicateTable } from "./replicate-table.ts";
import { ScoringProcesses } from "./score-processes.ts";
import { carryOut, scoringTasks, type Scored, type ScoringTask } from "./scoring-task.ts";
import { smileChart } from "./smile-chart.ts";
import type { Summary } from "./summarise.ts";
import { primaryExcess, summarise } from "./summarise.ts";

/** What to run, and on how many processes; the result does not depend on the latter. */
export interface GeneralisationRequest {
  readonly scenario: Scenario;
  /** The scenario's own by default. */
  readonly models?: readonly string[];
  /** Module files of the user's own models among them. */
  readonly ownModels?: readonly string[];
  readonly severities?: readonly number[];
  readonly replicates?: number;
  readonly masterSeed: number;
  /** Child processes; 1 stays in this one. */
  readonly jobs?: number;
  /** Aborted on Ctrl-C: processes are stopped and the run rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called with the number of replicates done so far. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** What the off-chain experiment found. P0 on chain (`p0`) is left for the chain to fill. Plain JSON. */
export interface GeneralisationOutcome {
  readonly generalisation: Generalisation;
  /** Standard deviation between replicates of the primary excess, vol points. */
  readonly replicateSd: Summary["replicateSd"];
  /** Every error of every replicate, as CSV. */
  readonly replicateTable: string;
}

/**
 * The off-chain experiment: how far each model generalises from calm training to stress.
 * @throws {UserError} on an unknown model
 */
export async function runGeneralisation(request: GeneralisationRequest): Promise<GeneralisationOutcome> {
  const config = configOf(request);
  const tasks = scoringTasks(request.replicates ?? request.scenario.scoring.replicates);
  const jobs = Math.min(request.jobs ?? 1, tasks.length);
  const processes = jobs > 1 ? new ScoringProcesses(jobs) : undefined;
  try {
    const prepared = prepareReplicates(config);
    return outcomeOf(config, prepared, await carryOutAll(config, prepared, tasks, processes, request));
  } finally {
    processes?.stop();
  }
}

async function carryOutAll(
  config: GeneralisationConfig,
  prepared: Prepared,
  tasks: readonly ScoringTask[],
  processes: ScoringProcesses | undefined,
  { onProgress, signal, replicates: total, scenario, ownModels = [] }: GeneralisationRequest,
): Promise<Scored[]> {
  let done = 0;
  const report = ({ replicates }: Scored) => {
    if (replicates === undefined) return;
    done += replicates.length;
    onProgress?.(done, total ?? scenario.scoring.replicates);
  };
  if (processes !== undefined) return processes.run({ config, prepared, ownModels }, tasks, report, signal);
  const all: Scored[] = [];
  for (const task of tasks) {
    const scored = carryOut(config, prepared, task);
    all.push(scored);
    report(scored);
    // Lets a progress line be drawn and an interrupt be heard.
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
  }
  return all;
}

function outcomeOf(config: GeneralisationConfig, prepared: Prepared, scored: readonly Scored[]): GeneralisationOutcome {
  const replicates = scored.flatMap((part) => part.replicates ?? []);
  const { scenario, severities } = config;
  const { tenors, moneyness, days, poison } = scenario.training;
  const { ages, primarySeverity } = scenario.scoring;
  const first = fitModels(config, pricersOf(config), 0).filter(isFitted);
  const summary = summarise(config, replicates, first);
  const { models, heatMaps, placebo, smallestGapVp, replicateSd, levelRange, distances, comparisons } = summary;
  const controls: Controls = {
    oracle: oracleControl(replicates),
    placebo,
    permutation: scored.find(({ permutation }) => permutation !== undefined)?.permutation ?? null,
    leak: scored.find(({ leak }) => leak !== undefined)?.leak ?? null,
    knownBreak: first.length === 0 ? null : knownBreakOf(config, first[0]),
    smallestGapVp,
    p0: null,
    varianceRatios: [],
  };
  const generalisation: Generalisation = {
    replicates: replicates.length,
    trainingDraws: replicates.length,
    severities: [...severities],
    ages: [...ages],
    designs: [...designNames],
    primary: { severity: primarySeverity, age: ages[0], design: "listed" },
    training: {
      days,
      quotes: days * tenors.length * moneyness.length,
      levelRange,
      moneynessRange: [Math.min(...moneyness), Math.max(...moneyness)],
      poison: poison === undefined ? null : { share: poison.share, shift: poison.shift },
    },
    models,
    distances,
    quoteControl: quoteControl(config, replicates),
    comparisons,
    controls,
    smiles: smileChart(config, prepared, typicalReplicate(config, replicates)),
    heatMaps,
  };
  return { generalisation, replicateSd, replicateTable: replicateTable(config, replicates) };
}

function isFitted(model: FittedModel | FailedReplicate): model is FittedModel {
  return !("failure" in model);
}

function knownBreakOf(config: GeneralisationConfig, fitted: FittedModel) {
  return knownBreakControl(config, trainingQuotes(config, pricersOf(config), replicateRandom(config, 1)), fitted);
}

/** The experiment's configuration: severities ascending, the primary one among them. */
export function configOf(request: GeneralisationRequest): GeneralisationConfig {
  const { scenario } = request;
  const models = request.models ?? scenario.models;
  for (const name of models) modelByName(name);
  const severities = new Set([
    ...(request.severities ?? scenario.scoring.severities),
    scenario.scoring.primarySeverity,
  ]);
  return {
    scenario,
    models,
    severities: [...severities].sort((a, b) => a - b),
    masterSeed: request.masterSeed,
    trade: defaultTradeTerms,
    leak: 0,
  };
}

/** The replicate whose mean excess over the models is the median one: what the chart shows is neither best nor worst. */
function typicalReplicate(config: GeneralisationConfig, replicates: readonly ReplicateErrors[]): number {
  const scores = replicates.map((replicate) => {
    const excesses = config.models.flatMap((name) => primaryExcess(config, replicate, name) ?? []);
    return excesses.length === 0 ? 0 : median(excesses);
  });
  const centre = median(scores);
  const distance = (i: number) => Math.abs(scores[i] - centre);
  return scores.reduce((best, _, i) => (distance(i) < distance(best) ? i : best), 0);
}
