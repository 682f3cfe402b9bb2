import type { ExperimentRequest, HistoryRequest } from "../experiment/request.ts";
import { cellsOf, planRuns } from "../experiment/plan.ts";
import { list, number, plural } from "../report/format.ts";
import { wrap } from "../report/wrap.ts";

/** Where the second column of the table begins. */
const SECOND_COLUMN = 20;

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
  const scored =
    history === undefined
      ? `${plural(replicates, "path")} × severities ${severities.join(", ")} × ${list(scenario.models)}, and controls`
      : `${filesOf(history).join(", ")}; ${plural(history.tests.length, "stress window")}, models ${list(scenario.models)}`;
  const chain = `${plural(runs.length, "run")}: ${plural(seeds, "seed")} × (${list([...models, "perfect"])}) × (${list(cells)})`;
  const time = `about ${number(Math.max(1, Math.round(seconds)), 0)} s with ${plural(jobs, "job")}, once the contracts are compiled`;
  const rows = [
    ["train and score", scored],
    ["run on chain", chain],
    ["of them, besides", list(besides)],
    ["answer besides", list(scenario.studies)],
    ["mine", `${plural(blocks, "block")}, ${scenario.clock.blocks} a run`],
    ["take", scenario.studies.length === 0 ? time : `${time}; the studies come on top`],
  ];
  const lines = rows.filter(([, text]) => text !== "").map(([label, text]) => row(label!, text!));
  return `${[`Nothing runs. ${command} would`, ...lines].join("\n")}\n`;
}

/** A row of the table; what no line can hold goes on under its second column. */
function row(label: string, text: string): string {
  return `  ${label}`.padEnd(SECOND_COLUMN) + wrap(text, " ".repeat(SECOND_COLUMN)).trimStart();
}

function filesOf({ prices, quotes, volatilityIndex }: HistoryRequest): string[] {
  return [...prices, ...quotes, ...(volatilityIndex === undefined ? [] : [volatilityIndex.file])];
}
