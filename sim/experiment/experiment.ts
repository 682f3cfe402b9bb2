import { loadCreationArtifacts } from "../../src/chain/creation-artifact.ts";
import { referenceAdapter } from "../../src/protocol/reference-adapter.ts";
import { syntheticWorld } from "../engine/run-world.ts";
import type { Results } from "../results/results.ts";
import { trueGreeks } from "../world/true-greeks.ts";
import { TruthPricers } from "../world/truth-pricers.ts";

import { chainCell } from "./chain-cell.ts";
import type { FinishedRun, JudgedRun } from "./finished-run.ts";
import { runGeneralisation } from "./generalisation/run-generalisation.ts";
import { judgeRuns } from "./judge.ts";
import { cellKey, PERFECT, planRuns } from "./plan.ts";
import type { ExperimentOutcome, ExperimentRequest, ProgressEvent } from "./request.ts";
import type { HardhatParts } from "./hardhat-parts.ts";
import { assembleResults } from "./results-of.ts";
import { bundleName, runBundle } from "./run-bundle.ts";
import { groupRuns, type GroupContext } from "./run-group.ts";
import { runGroups } from "./run-groups.ts";
import { seedModels } from "./seed-models.ts";
import { WorstRuns } from "./worst-runs.ts";

/**
 * One experiment in a synthetic world: models are scored off chain over replicates, then run on chain against perfect
 * pricing on the same seeds. Nothing is written.
 *
 * @throws {UserError} for a mistake in the request, {InternalError} for one of ours; the signal's reason when aborted
 */
export async function runExperiment(
  request: ExperimentRequest,
  on: (event: ProgressEvent) => void,
  hardhat: HardhatParts,
): Promise<ExperimentOutcome> {
  const timings = new Timings(hardhat.clock, { compile: hardhat.compiled });
  const generalisation = await score(request, on, timings);
  const chain = await runChain(request, on, hardhat, timings);
  const results: Results = assembleResults(request, generalisation, chain, timings.seconds);
  return { results, bundles: chain.bundles };
}

async function score(request: ExperimentRequest, on: (event: ProgressEvent) => void, timings: Timings) {
  const { scenario, masterSeed, jobs, signal } = request;
  timings.start("score");
  const total = scenario.scoring.replicates;
  on({ kind: "started", phase: "score", total });
  const outcome = await runGeneralisation({
    scenario,
    masterSeed,
    jobs,
    onProgress: (done) => {
      signal?.throwIfAborted();
      on({ kind: "advanced", phase: "score", done, total });
    },
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

async function runChain(
  request: ExperimentRequest,
  on: (event: ProgressEvent) => void,
  hardhat: HardhatParts,
  timings: Timings,
): Promise<ChainOutcome> {
  const { scenario, masterSeed, jobs, signal } = request;
  const specs = planRuns(scenario, masterSeed);
  const pricers = new TruthPricers(scenario.calm, scenario.crash, scenario.process);
  const modelNames = scenario.onChain.models;
  const fittedBySeed = Array.from({ length: scenario.onChain.seeds }, (_, seed) =>
    seedModels(scenario, masterSeed, seed, modelNames, pricers),
  );

  timings.start("chain");
  on({ kind: "started", phase: "chain", total: specs.length });
  let done = 0;
  const context: GroupContext = {
    scenario,
    worldOf: (spec) => syntheticWorld(scenario, pricers, spec),
    modelOf: (spec) => (spec.model === PERFECT ? undefined : fittedBySeed[spec.seed].get(spec.model)),
    trueGreeks: trueGreeks(pricers),
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
    detail: `${runs.length} runs, ${blocks.toLocaleString("en-US")} blocks, ${scenario.onChain.seeds} seeds`,
  });
  const worst = worstRuns.of(modelNames);
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
