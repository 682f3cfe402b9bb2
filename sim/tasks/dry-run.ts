import type { ExperimentRequest, HistoryRequest } from "../experiment/request.ts";
import { cellsOf, planRuns } from "../experiment/plan.ts";
import { list, number, plural } from "../report/format.ts";

/** Seconds of one core: a block of a run with its read, and a path scored at one severity by one model. Measured on
 * two cores of a small server; a guide, never a promise. */
const secondsPerBlock = 0.011;
const secondsPerScore = 0.0015;

/** What would run, how large it is, and about how long it takes; nothing runs. */
export function dryRunText({
  scenario,
  masterSeed,
  jobs,
  history,
  command,
}: Omit<ExperimentRequest, "signal">): string {
  const runs = planRuns(scenario, masterSeed);
  const blocks = runs.length * scenario.clock.blocks;
  const cells = cellsOf(scenario).map(({ preset, severity }) => `${preset} at ${severity}`);
  const { models, seeds, rungs, feedback } = scenario.onChain;
  const besides = [
    ...(rungs.length === 0 ? [] : [`perfect pricing at ${list(rungs)}`]),
    ...(feedback === "both" ? ["all but the rungs once more without feedback"] : []),
  ];
  const { replicates, severities } = scenario.scoring;
  const scores = history === undefined ? replicates * severities.length * (scenario.models.length + 2) : 0;
  const seconds = (blocks * secondsPerBlock) / jobs + scores * secondsPerScore;
  return [
    `Nothing runs. ${command} would`,
    history === undefined
      ? `  train and score   ${plural(replicates, "path")} × severities ${severities.join(", ")} × ${list(scenario.models)}, and controls`
      : `  train and score   ${filesOf(history).join(", ")}; ${plural(history.tests.length, "stress window")}, models ${list(scenario.models)}`,
    `  run on chain      ${plural(runs.length, "run")}: ${plural(seeds, "seed")} × (${list([...models, "perfect"])}) × (${list(cells)})`,
    ...(besides.length === 0 ? [] : [`  of them, besides  ${list(besides)}`]),
    ...(scenario.studies.length === 0 ? [] : [`  answer besides    ${list(scenario.studies)}, which takes longer`]),
    `  mine              ${plural(blocks, "block")}, ${scenario.clock.blocks} a run`,
    `  take              about ${number(Math.max(1, Math.round(seconds)), 0)} s with ${plural(jobs, "job")}, once the contracts are compiled`,
    "",
  ].join("\n");
}

function filesOf({ prices, quotes, volatilityIndex }: HistoryRequest): string[] {
  return [...prices, ...quotes, ...(volatilityIndex === undefined ? [] : [volatilityIndex.file])];
}
