import { basename } from "node:path";

import { loadCreationArtifacts } from "../../src/chain/creation-artifact.ts";
import { referenceAdapter } from "../../src/protocol/reference-adapter.ts";
import { selectBars } from "../../src/processes/windows.ts";
import { syntheticWorld } from "../engine/run-world.ts";
import type { HistoryResult } from "../results/history.ts";
import type { Scenario } from "../scenarios/scenario.ts";
import { trueGreeks } from "../world/true-greeks.ts";
import { TruthPricers } from "../world/truth-pricers.ts";

import { chainCell } from "./chain-cell.ts";
import type { FinishedRun, JudgedRun } from "./finished-run.ts";
import { runGeneralisation } from "./generalisation/run-generalisation.ts";
import { costAgainstConstant } from "./history/cost-against-constant.ts";
import { historyScenario } from "./history/history-scenario.ts";
import { readHistory, type HistoryFiles } from "./history/read-history.ts";
import { recordedWorld, surrogateGreeks, surrogateOf } from "./history/recorded-world.ts";
import { scoreHistory } from "./history/score-history.ts";
import { judgeRuns } from "./judge.ts";
import { cellKey, PERFECT, planRuns } from "./plan.ts";
import type { ExperimentOutcome, ExperimentRequest, HistoryRequest, ProgressEvent } from "./request.ts";
import type { HardhatParts } from "./hardhat-parts.ts";
import { assembleResults } from "./results-of.ts";
import { bundleName, runBundle } from "./run-bundle.ts";
import { groupRuns, type GroupContext } from "./run-group.ts";
import { runGroups } from "./run-groups.ts";
import { seedModels } from "./seed-models.ts";
import { WorstRuns } from "./worst-runs.ts";

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
  const { scenario, masterSeed } = request;
  const { generalisation, replicateSd } = await score(job);
  const pricers = new TruthPricers(scenario.calm, scenario.crash, scenario.process);
  const fitted = Array.from({ length: scenario.onChain.seeds }, (_, seed) =>
    seedModels(scenario, masterSeed, seed, scenario.onChain.models, pricers),
  );
  const chain = await runChain(job, {
    scenario,
    worldOf: (spec) => syntheticWorld(scenario, pricers, spec),
    modelOf: (spec) => fitted[spec.seed].get(spec.model),
    trueGreeks: trueGreeks(pricers),
  });
  const results = assembleResults(request, { generalisation, replicateSd, history: null }, chain, timings.seconds);
  return { results, bundles: chain.bundles };
}

async function recorded(job: Job, history: HistoryRequest): Promise<ExperimentOutcome> {
  const { request, on, timings } = job;
  timings.start("train");
  on({ kind: "started", phase: "train", total: undefined });
  const files = readHistory(history);
  const [calm, stress] = [history.calm, history.stress].map(([from, to]) => ({ from, to }));
  selectBars("--calm", files.bars, calm, LONGEST_GAP);
  selectBars("--stress", files.bars, stress, LONGEST_GAP);
  const scenario = historyScenario(request.scenario, files.bars, calm, stress, assetOf(history, request.scenario));
  const { history: scored, fitted } = scoreHistory({
    ...{ scenario, calm, stress, bars: files.bars, models: modelsOf(scenario), masterSeed: request.masterSeed },
    ...{ prices: files.prices, repairs: files.repairs },
    ...(files.snapshots === undefined ? {} : { snapshots: files.snapshots }),
    ...(files.quotes === undefined ? {} : { quotes: files.quotes }),
  });
  timings.stop("train");
  on({ kind: "finished", phase: "train", detail: trainingText(files, scored) });

  const runnable = scenario.onChain.models.filter((model) => fitted.has(model));
  const onChain = { ...scenario, onChain: { ...scenario.onChain, models: runnable } };
  const chain = await runChain(job, {
    scenario: onChain,
    worldOf: () => recordedWorld(files, onChain, stress),
    modelOf: (spec) => fitted.get(spec.model),
    trueGreeks: surrogateGreeks,
  });
  const results = assembleResults(
    { ...request, scenario: onChain },
    {
      generalisation: null,
      replicateSd: [],
      history: { ...scored, surrogate: surrogateOf(files), costAgainstConstant: costAgainstConstant(chain.runs) },
    },
    chain,
    timings.seconds,
  );
  return { results, bundles: chain.bundles };
}

/** An exchange's outage of this many seconds is bridged with the last close and counted; a longer one is refused. */
const LONGEST_GAP = 6 * 3600;

function modelsOf({ models, onChain }: Scenario): string[] {
  return [...new Set([...models, ...onChain.models])];
}

/** The asset by the file's name: its token's decimals are all that hangs on it. */
function assetOf({ prices }: HistoryRequest, scenario: Scenario): Scenario["asset"] {
  const name = basename(prices).toLowerCase();
  if (/btc|xbt/.test(name)) return "BTC";
  return name.includes("eth") ? "ETH" : scenario.asset;
}

function trainingText(files: HistoryFiles, { calm }: HistoryResult): string {
  const bars = `${calm.bars.toLocaleString("en-US")} bars`;
  const quotes = files.quotes === undefined ? "" : `, ${files.quotes.rows.toLocaleString("en-US")} quotes in the file`;
  const vol = calm.realisedVol === null ? "" : `, realised vol ${Math.round(100 * calm.realisedVol)} %`;
  return `${bars} of calm${vol}${quotes}`;
}

async function score({ request, on, timings }: Job) {
  const { scenario, masterSeed, jobs, signal } = request;
  timings.start("score");
  const total = scenario.scoring.replicates;
  on({ kind: "started", phase: "score", total });
  const outcome = await runGeneralisation({
    scenario,
    masterSeed,
    jobs,
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

/** Everything that the chain gave, judged, with the worst runs' bundles. */
export interface ChainOutcome {
  readonly runs: readonly JudgedRun[];
  readonly cells: readonly ReturnType<typeof chainCell>[];
  readonly worst: readonly { readonly run: JudgedRun; readonly file: string }[];
  readonly bundles: ExperimentOutcome["bundles"];
}

/** What differs between a synthetic and a recorded experiment on chain. */
type ChainJob = Pick<GroupContext, "scenario" | "worldOf" | "modelOf" | "trueGreeks">;

async function runChain({ request, on, hardhat, timings }: Job, job: ChainJob): Promise<ChainOutcome> {
  const { masterSeed, jobs, signal } = request;
  const { scenario } = job;
  const specs = planRuns(scenario, masterSeed);
  timings.start("chain");
  on({ kind: "started", phase: "chain", total: specs.length });
  let done = 0;
  const context: GroupContext = {
    ...job,
    modelOf: (spec) => (spec.model === PERFECT ? undefined : job.modelOf(spec)),
    nativePrice: scenario.asset === "ETH" ? scenario.spot : NATIVE_PRICE,
    signal,
    onRun: () => on({ kind: "advanced", phase: "chain", done: ++done, total: specs.length }),
  };
  const groups = groupRuns(specs);
  const finished = new Array<readonly FinishedRun[]>(groups.length);
  const worstRuns = new WorstRuns(scenario.breaks);
  const arena = { network: hardhat.network, adapter: referenceAdapter, scenario, jobs };
  await runGroups(arena, groups, context, (index, group) => {
    finished[index] = group.runs;
    worstRuns.consider(group);
  });
  timings.stop("chain");

  timings.start("measure");
  const runs = judgeRuns(finished.flat(), scenario.breaks);
  const blocks = runs.reduce((sum, { times }) => sum + times.length, 0);
  on({
    kind: "finished",
    phase: "chain",
    detail: `${runs.length} runs, ${blocks.toLocaleString("en-US")} blocks, ${scenario.onChain.seeds} ${scenario.onChain.seeds === 1 ? "seed" : "seeds"}`,
  });
  const worst = worstRuns.of(scenario.onChain.models);
  const artifacts = await loadCreationArtifacts(hardhat.artifacts);
  const bundles = worst.map((one) => ({ name: bundleName(one), json: runBundle(one, scenario, artifacts) }));
  timings.stop("measure");
  return {
    runs,
    cells: cellsOfRuns(runs),
    worst: worst.map((one) => ({ run: one.run, file: bundleName(one) })),
    bundles,
  };
}

/** USD of one unit of the chain's native asset where the traded asset is another; ours, for gas costs only. */
const NATIVE_PRICE = 2500;

function cellsOfRuns(runs: readonly JudgedRun[]): ReturnType<typeof chainCell>[] {
  const byCell = new Map<string, JudgedRun[]>();
  for (const run of runs) {
    const key = cellKey(run.summary.spec);
    const cell = byCell.get(key);
    if (cell === undefined) byCell.set(key, [run]);
    else cell.push(run);
  }
  return [...byCell.values()].map(chainCell);
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
