import picocolors from "picocolors";

import { UserError } from "../../src/errors/user-error.ts";
import type { ExperimentOutcome, RunExperiment } from "../experiment/request.ts";
import { comparability, compareWithBaseline } from "../measure/baseline.ts";
import type { FailIf } from "../measure/expression.ts";
import { baselineTable } from "../report/baseline-table.ts";
import { progressLines } from "../report/progress.ts";
import { renderReport } from "../report/report.ts";
import { headline, renderTerminal } from "../report/terminal.ts";
import type { Colours } from "../report/terminal.ts";
import { readResults } from "../results/read-results.ts";
import type { Results } from "../results/results.ts";
import { shippedCatalogue } from "./catalogue.ts";
import { dryRunText } from "./dry-run.ts";
import { exitCodes } from "./failure.ts";
import { chooseRunDirectory, writeRunDirectory } from "./run-directory.ts";
import { parseSimOptions } from "./sim-options.ts";
import type { SimArguments, SimOptions } from "./sim-options.ts";

/** Where a command writes. */
export interface Streams {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/**
 * Checks the options, runs the experiment, writes the run directory, prints the verdict and returns the exit code.
 * @throws {UserError} for bad input, before anything runs or is written
 */
export async function runSim(given: SimArguments, run: RunExperiment, streams: Streams): Promise<number> {
  const options = parseSimOptions(given, shippedCatalogue());
  const { request, out, baseline } = options;
  const before = baseline === undefined ? undefined : readResults("--baseline", baseline);
  const directory = chooseRunDirectory(out, runName(options), request.masterSeed);
  // Human output leaves stdout to the program that reads the JSON.
  const human = options.json ? streams.stderr : streams.stdout;
  if (options.dryRun) {
    human.write(dryRunText(request));
    return exitCodes.held;
  }
  const outcome = await experiment(options, run, human);
  writeRunDirectory(directory, filesOf(outcome));
  return report(options, outcome.results, directory, before, streams);
}

function runName({ request: { scenario, history } }: SimOptions): string {
  return history?.name ?? scenario.name;
}

async function experiment(options: SimOptions, run: RunExperiment, human: NodeJS.WriteStream) {
  const { request, ci } = options;
  const progress = progressLines(human, human.isTTY === true && !ci, () => performance.now() / 1000);
  const abort = new AbortController();
  const interrupt = () => {
    abort.abort();
    progress.stop();
    process.stderr.write("\ninterrupted: nothing was written\n");
    process.exit(exitCodes.interrupted);
  };
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  try {
    human.write(`${headline(headlineFacts(options))}\n\n`);
    return await run({ ...request, signal: abort.signal }, progress.on);
  } finally {
    progress.stop();
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  }
}

function headlineFacts(options: SimOptions) {
  const { scenario, history, masterSeed } = options.request;
  return {
    scenario: runName(options),
    models: new Set([...scenario.models, ...scenario.onChain.models]).size,
    replicates: history === undefined ? scenario.scoring.replicates : null,
    seeds: scenario.onChain.seeds,
    presets: scenario.onChain.presets,
    masterSeed,
  };
}

function filesOf({ results, bundles, tables }: ExperimentOutcome) {
  return [
    { path: "results.json", text: `${JSON.stringify(results, null, 1)}\n` },
    { path: "report.html", text: renderReport(results) },
    ...tables.map(({ name, csv }) => ({ path: name, text: csv })),
    ...bundles.map(({ name, json }) => ({ path: `bundles/${name}`, text: json })),
  ];
}

/** Prints the verdict, the comparison and the judgement; returns the exit code. */
function report(
  { json, ci, failIf }: SimOptions,
  results: Results,
  directory: string,
  before: Results | undefined,
  { stdout, stderr }: Streams,
): number {
  const human = json ? stderr : stdout;
  const colours = picocolors.createColors(human.isTTY === true && !ci && process.env.NO_COLOR === undefined);
  human.write(`\n${renderTerminal(results, directory, colours)}`);
  const changes = before === undefined ? undefined : compareWithBaseline(before, results);
  const cautions = before === undefined ? [] : comparability(before, results);
  if (changes !== undefined) human.write(`\n${baselineTable(changes, cautions, colours)}`);
  const judgement = failIf?.judge(results);
  if (json) {
    const output = {
      directory,
      results,
      baseline: changes === undefined ? null : { cautions, changes },
      failIf: failIf === undefined ? null : { expression: failIf.text, ...judgement },
    };
    stdout.write(`${JSON.stringify(output)}\n`);
  }
  return failIf === undefined ? exitCodes.held : judge(failIf, judgement!, human, colours);
}

function judge(
  { text }: FailIf,
  { broken, judged, cells }: ReturnType<FailIf["judge"]>,
  human: NodeJS.WriteStream,
  colours: Colours,
): number {
  if (judged === 0)
    throw new UserError({
      where: "--fail-if",
      what: `"${text}" has no value in any of the ${cells} cells of this run, so it cannot pass`,
      expected: "metrics that this run measures (intervals need 6 seeds)",
    });
  if (broken.length === 0) {
    human.write(`\n${colours.green("held")}: "${text}" is true in none of ${judged} cells\n`);
    return exitCodes.held;
  }
  const names = broken.map(({ model, preset, severity }) =>
    [model, preset, severity].filter((part) => part !== null).join(" "),
  );
  human.write(`\n${colours.red("broke")}: "${text}" is true for ${names.join("; ")}\n`);
  return exitCodes.broke;
}
