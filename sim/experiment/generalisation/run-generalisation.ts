import { modelByName } from "../../../src/models/models.ts";
import { median } from "../../../src/statistics/moments.ts";
import type { Scenario } from "../../scenarios/scenario.ts";
import type { GeneralisationConfig } from "./config.ts";
import { defaultTradeTerms } from "./config.ts";
import type { ReplicateErrors } from "./replicate.ts";
import { prepareReplicates, scoreReplicates } from "./replicate.ts";
import type { GeneralisationResult } from "./result.ts";
import { scoreInProcesses } from "./score-processes.ts";
import { smileChart } from "./smile-chart.ts";
import { primaryExcess, summarise } from "./summarise.ts";

/** What to run, and on how many processes; the result does not depend on the latter. */
export interface GeneralisationRequest {
  readonly scenario: Scenario;
  /** The scenario's own by default. */
  readonly models?: readonly string[];
  readonly severities?: readonly number[];
  readonly replicates?: number;
  readonly masterSeed: number;
  /** Child processes; 1 stays in this one. */
  readonly jobs?: number;
  /** Called with the number of replicates done so far. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Replicates that a process scores before it reports. */
const CHUNK = 10;

/**
 * The off-chain experiment: how far each model generalises from calm training to stress.
 * @throws {UserError} on an unknown model
 */
export async function runGeneralisation(request: GeneralisationRequest): Promise<GeneralisationResult> {
  const config = configOf(request);
  const total = request.replicates ?? request.scenario.scoring.replicates;
  const prepared = prepareReplicates(config);
  const chunks = Array.from({ length: Math.ceil(total / CHUNK) }, (_, i) => {
    return [i * CHUNK, Math.min(total, (i + 1) * CHUNK)] as const;
  });
  const jobs = Math.min(request.jobs ?? 1, chunks.length);
  const replicates: ReplicateErrors[] = [];
  if (jobs > 1) {
    replicates.push(
      ...(await scoreInProcesses(config, prepared, chunks, jobs, (done) => request.onProgress?.(done, total))),
    );
  } else {
    for (const [from, to] of chunks) {
      replicates.push(...scoreReplicates(config, prepared, from, to));
      request.onProgress?.(to, total);
      // Lets a progress line be drawn and an interrupt be heard.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  return summarise(config, replicates, smileChart(config, prepared, typicalReplicate(config, replicates)));
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
