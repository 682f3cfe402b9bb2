import type { HistoryResult } from "../results/history.ts";
import type { ChainCell } from "../results/on-chain.ts";
import type { Scenario } from "../scenarios/scenario.ts";

import { chainCell } from "./chain-cell.ts";
import { ChainProcesses, type GroupsOutcome } from "./chain-processes.ts";
import { chainSetting, recordedSetting, type ChainSetting } from "./chain-setting.ts";
import { ChainWorker } from "./chain-worker.ts";
import type { JudgedRun } from "./finished-run.ts";
import { runGeneralisation } from "./generalisation/run-generalisation.ts";
import type { HardhatParts } from "./hardhat-parts.ts";
import { costAgainstConstant } from "./history/cost-against-constant.ts";
import { marketOf, prepareHistory, scoreTests, type PreparedHistory } from "./history/prepare-history.ts";
import type { HistoryFiles } from "./history/read-history.ts";
import { surrogateOf } from "./history/recorded-world.ts";
import { isCompared, planRuns } from "./plan.ts";
import type { ExperimentOutcome, ExperimentRequest, HistoryRequest, ProgressEvent } from "./request.ts";
import { assembleResults } from "./results-of.ts";
import { InternalError } from "../../src/errors/internal-error.ts";
import type { RecordedContext, Study, StudyContext } from "../studies/study.ts";
import { studyByName } from "../studies/studies.ts";
import type { StudyResult } from "../results/study.ts";
import { groupRuns, type RunGroup } from "./run-group.ts";
import { runsByCell } from "./runs-by-cell.ts";

/**
 * One experiment: models are fitted on calm, scored off chain, then run on chain against perfect pricing on the same
 * seeds; in a synthetic world, or on recorded prices. Nothing is written.
 *
 * @throws {UserError} for a mistake in the request, {InternalError} for one of ours; the signal's reason when aborted
 */
export async function runExperiment(
  request: ExperimentRequest,
  on: (event: ProgressEvent) => void,
  hardhat: HardhatParts,
): Promise<ExperimentOutcome> {
  const timings = new Timings(hardhat.clock, { compile: hardhat.compiled });
  const job = { request, on, hardhat, timings };
  return request.history === undefined ? synthetic(job) : recorded(job, request.history);
}

/** What every step of an experiment needs. */
interface Job {
  readonly request: ExperimentRequest;
  readonly on: (event: ProgressEvent) => void;
  readonly hardhat: HardhatParts;
  readonly timings: Timings;
}

async function synthetic(job: Job): Promise<ExperimentOutcome> {
  const { request, timings } = job;
  const processes = chainProcesses(job, request.scenario);
  try {
    const { generalisation, replicateSd, replicateTable } = await score(job);
    const chain = await runChain(job, chainSetting(request), processes);
    const studies = await answer(job, request.scenario);
    const scores = { generalisation, replicateSd, history: null, studies };
    const results = assembleResults(request, scores, chain, timings.seconds);
    return { results, bundles: chain.bundles, tables: [{ name: "replicates.csv", csv: replicateTable }] };
  } finally {
    processes?.stop();
  }
}

/** Processes for the chain runs, which start while paths are scored; none where one chain in this process does it all. */
function chainProcesses({ request, hardhat }: Job, scenario: Scenario): ChainProcesses | undefined {
  const count = Math.min(request.jobs, groupRuns(planRuns(scenario, request.masterSeed)).length);
  if (request.jobs === 1) return undefined;
  const { signal, ...plain } = request;
  return new ChainProcesses([{ request: plain, bundles: true }], hardhat.project, count, signal);
}

async function recorded(job: Job, history: HistoryRequest): Promise<ExperimentOutcome> {
  const { request, on, timings } = job;
  timings.start("train");
  on({ kind: "started", phase: "train", total: undefined });
  const prepared = prepareHistory(request, history);
  const { files, scenario, scored } = prepared;
  const { outcomes, ...together } = scoreTests(request, history, prepared);
  timings.stop("train");
  on({ kind: "finished", phase: "train", detail: trainingText(files, scored) });
  const chain = await runChain(job, recordedSetting(prepared), chainProcesses(job, scenario));
  const studies = await answerRecorded(job, scenario, prepared, outcomes);
  const results = assembleResults(
    { ...request, scenario },
    {
      generalisation: null,
      replicateSd: [],
      history: {
        ...scored,
        ...together,
        surrogate: surrogateOf(files, history),
        costAgainstConstant: costAgainstConstant(chain.compared),
      },
      studies,
    },
    chain,
    timings.seconds,
  );
  return { results, bundles: chain.bundles, tables: [] };
}

function trainingText(files: HistoryFiles, { calm }: Pick<HistoryResult, "calm">): string {
  const bars = `${calm.bars.toLocaleString("en-US")} bars`;
  const quotes = files.quotes === undefined ? "" : `, ${files.quotes.rows.toLocaleString("en-US")} quotes in the file`;
  const vol = calm.realisedVol === null ? "" : `, realised vol ${Math.round(100 * calm.realisedVol)} %`;
  return `${bars} of calm${vol}${quotes}`;
}

async function score({ request, on, timings }: Job) {
  const { scenario, masterSeed, jobs, ownModels, signal } = request;
  timings.start("score");
  const total = scenario.scoring.replicates;
  on({ kind: "started", phase: "score", total });
  const outcome = await runGeneralisation({
    scenario,
    masterSeed,
    jobs,
    ownModels,
    ...(signal === undefined ? {} : { signal }),
    onProgress: (done) => on({ kind: "advanced", phase: "score", done, total }),
  });
  signal?.throwIfAborted();
  const { training, severities } = outcome.generalisation;
  const [low, high] = training.levelRange.map((vol) => Math.round(100 * vol));
  const stressed = severities.filter((severity) => severity > 0).length * total;
  on({
    kind: "finished",
    phase: "score",
    detail:
      `${training.days} days, ${training.quotes.toLocaleString("en-US")} quotes a draw, at-the-money vol ${low}–${high} %; ` +
      `${stressed.toLocaleString("en-US")} stress paths`,
  });
  timings.stop("score");
  return outcome;
}

/** Answers the studies that were asked for in a synthetic world. */
function answer(job: Job, scenario: Scenario): Promise<StudyResult[]> {
  const { masterSeed, jobs, ownModels, signal } = job.request;
  const { models, onChain } = scenario;
  const asked: Scenario = { ...scenario, onChain: { ...onChain, seeds: onChain.studySeeds ?? onChain.seeds } };
  return answerEach(job, scenario, (study, advance) =>
    study.run({ scenario: asked, models, masterSeed, jobs, ownModels, hardhat: job.hardhat, signal, advance }),
  );
}

/** Answers the studies that were asked for of recorded prices. */
function answerRecorded(
  job: Job,
  scenario: Scenario,
  { files }: PreparedHistory,
  tests: RecordedContext["tests"],
): Promise<StudyResult[]> {
  const { masterSeed, signal } = job.request;
  const market = marketOf(scenario, files);
  return answerEach(job, scenario, (study, advance) => {
    if (study.recorded === undefined)
      throw new InternalError("a study of synthetic worlds was asked of recorded prices", { action: study.name });
    return study.recorded({ market, tests, models: scenario.models, masterSeed, signal, advance });
  });
}

/** Asks one study after the other. */
async function answerEach(
  { request: { signal }, on, timings }: Job,
  scenario: Scenario,
  ask: (study: Study, advance: StudyContext["advance"]) => Promise<StudyResult>,
): Promise<StudyResult[]> {
  const studies = scenario.studies.map((name) => studyByName(name, `scenario ${scenario.name}: studies`));
  if (studies.length === 0) return [];
  timings.start("studies");
  const answers: StudyResult[] = [];
  for (const study of studies) {
    const part = { phase: "studies", part: study.name } as const;
    on({ ...part, kind: "started", total: undefined });
    const advance = (done: number, total: number) => on({ ...part, kind: "advanced", done, total });
    answers.push(await ask(study, advance));
    signal?.throwIfAborted();
    on({ ...part, kind: "finished", detail: "" });
  }
  timings.stop("studies");
  return answers;
}

/** Everything that the chain gave, judged, with the worst runs' bundles. */
export interface ChainOutcome {
  readonly runs: readonly JudgedRun[];
  /** Of them, perfect pricing and the models in the main arm: what is judged. */
  readonly compared: readonly JudgedRun[];
  readonly cells: readonly ChainCell[];
  /** Cells of the other runs. */
  readonly besides: readonly ChainCell[];
  readonly worst: readonly { readonly run: JudgedRun; readonly file: string }[];
  readonly bundles: ExperimentOutcome["bundles"];
}

async function runChain(
  { request, on, hardhat, timings }: Job,
  setting: ChainSetting,
  processes: ChainProcesses | undefined,
): Promise<ChainOutcome> {
  const { scenario } = setting;
  const specs = planRuns(scenario, request.masterSeed);
  timings.start("chain");
  on({ kind: "started", phase: "chain", total: specs.length });
  let done = 0;
  const onRun = () => on({ kind: "advanced", phase: "chain", done: ++done, total: specs.length });
  const groups = groupRuns(specs);
  const { runs: finished, bundles } =
    processes === undefined
      ? await runHere(request, hardhat, setting, groups, onRun)
      : await processes.runWithBundles(groups, scenario, onRun);
  timings.stop("chain");

  const runs = finished.flat();
  const blocks = runs.reduce((sum, { times }) => sum + times.length, 0);
  const seeds = scenario.onChain.seeds;
  on({
    kind: "finished",
    phase: "chain",
    detail: `${runs.length} runs, ${blocks.toLocaleString("en-US")} blocks, ${seeds} ${seeds === 1 ? "seed" : "seeds"}`,
  });
  const compared = runs.filter(({ summary }) => isCompared(summary.spec, scenario));
  const others = runs.filter(({ summary }) => !isCompared(summary.spec, scenario));
  return {
    runs,
    compared,
    cells: runsByCell(compared).map(chainCell),
    besides: runsByCell(others).map(chainCell),
    worst: bundles.map(({ run, file }) => ({ run, file })),
    bundles: bundles.map(({ file, json }) => ({ name: file, json })),
  };
}

/** All groups on one chain in this process. */
async function runHere(
  { signal }: ExperimentRequest,
  { network, artifacts }: HardhatParts,
  setting: ChainSetting,
  groups: readonly RunGroup[],
  onRun: () => void,
): Promise<GroupsOutcome> {
  const worker = new ChainWorker(network, setting);
  try {
    const runs: (readonly JudgedRun[])[] = [];
    for (const group of groups) runs.push(await worker.run(group, onRun, signal));
    return { runs, bundles: await worker.bundles(artifacts, setting.scenario.onChain.models) };
  } finally {
    await worker.close();
  }
}

/** Wall-clock seconds by phase. */
class Timings {
  readonly seconds: Record<string, number>;
  readonly #clock: () => number;
  readonly #from = new Map<string, number>();

  constructor(clock: () => number, before: Record<string, number>) {
    this.seconds = { ...before };
    this.#clock = clock;
  }

  start(phase: string): void {
    this.#from.set(phase, this.#clock());
  }

  stop(phase: string): void {
    this.seconds[phase] = Math.round(10 * (this.#clock() - this.#from.get(phase)!)) / 10_000;
  }
}
