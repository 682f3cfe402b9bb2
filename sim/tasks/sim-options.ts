import { availableParallelism } from "node:os";
import { resolve } from "node:path";

import { UserError } from "../../src/errors/user-error.ts";
import { isModelFile, loadOwnModel } from "../../src/models/own-models.ts";
import type { ExperimentRequest } from "../experiment/request.ts";
import { parseFailIf } from "../measure/expression.ts";
import type { FailIf } from "../measure/expression.ts";
import { loadScenario } from "../scenarios/load-scenario.ts";
import { feedbackArms, rungs as knownRungs, type Scenario } from "../scenarios/scenario.ts";
import type { Catalogue } from "./catalogue.ts";
import { historyRequest } from "./history-request.ts";
import type { HistoryArguments } from "./history-request.ts";
import { knownName, knownNames, requireKnown, severities, wholeNumber } from "./option-values.ts";

/** Options of `npx hardhat sim` as Hardhat hands them over: texts, or undefined where they were not given. */
export interface SimArguments extends HistoryArguments {
  readonly scenario?: string;
  readonly models?: string;
  readonly severities?: string;
  readonly replicates?: string;
  readonly seeds?: string;
  readonly seed?: string;
  readonly presets?: string;
  readonly studies?: string;
  readonly studySeeds?: string;
  readonly rungs?: string;
  readonly feedback?: string;
  readonly jobs?: string;
  readonly out?: string;
  readonly failIf?: string;
  readonly baseline?: string;
  readonly ci?: boolean;
  readonly json?: boolean;
  readonly dryRun?: boolean;
}

/** Options that were checked: nothing is left to go wrong that the user could have typed differently. */
export interface SimOptions {
  readonly request: Omit<ExperimentRequest, "signal">;
  readonly failIf: FailIf | undefined;
  /** Directory of an earlier run, or its results.json. */
  readonly baseline: string | undefined;
  /** Undefined: the next free directory under `runs/`. */
  readonly out: string | undefined;
  readonly ci: boolean;
  readonly json: boolean;
  readonly dryRun: boolean;
}

const defaultScenario = "vol-shock";

/** @throws {UserError} for the first option that makes no sense */
export function parseSimOptions(given: SimArguments, catalogue: Catalogue): SimOptions {
  const masterSeed = wholeNumber("--seed", given.seed ?? "1", 0);
  const jobs = given.jobs === undefined ? availableParallelism() : wholeNumber("--jobs", given.jobs, 1, 1024);
  const base = loadScenario(given.scenario ?? defaultScenario);
  const history = historyRequest(given, base);
  const { names, files, known } = withOwnModels(given.models, catalogue);
  const overrides = { ...given, ...(names === undefined ? {} : { models: names }) };
  const scenario = applyOverrides(base, overrides, known, history !== undefined);
  requireAnswerable(scenario.studies, history !== undefined, known);
  const failIf = given.failIf === undefined ? undefined : parseFailIf(given.failIf);
  checkFilters(failIf, scenario);
  return {
    request: { scenario, masterSeed, jobs, history, ownModels: files, command: commandText(given, masterSeed) },
    failIf,
    baseline: given.baseline,
    out: given.out,
    ci: given.ci === true,
    json: given.json === true,
    dryRun: given.dryRun === true,
  };
}

/**
 * The scenario with models, severities, presets, seeds, replicates, rungs and feedback as asked for. Severities given replace those of
 * the scenario off chain and on; 0 and the primary severity are always scored, and severity 1 always runs on chain.
 */
function applyOverrides(scenario: Scenario, given: SimArguments, catalogue: Catalogue, isRecorded: boolean): Scenario {
  const { models, presets, studies, severities: severityText, seeds, studySeeds, replicates, rungs, feedback } = given;
  const { scoring, onChain } = scenario;
  const chosen = severityText === undefined ? undefined : severities("--severities", severityText);
  const chosenModels = models === undefined ? undefined : knownNames("--models", models, "model", catalogue.models);
  const result: Scenario = {
    ...scenario,
    models: chosenModels ?? scenario.models,
    studies: studies === undefined ? scenario.studies : chosenStudies(studies, catalogue, isRecorded),
    scoring: {
      ...scoring,
      replicates: replicates === undefined ? scoring.replicates : wholeNumber("--replicates", replicates, 6),
      severities:
        chosen === undefined
          ? scoring.severities
          : [...new Set([0, ...chosen, scoring.primarySeverity])].toSorted((a, b) => a - b),
    },
    onChain: {
      ...onChain,
      models: chosenModels ?? onChain.models,
      presets: presets === undefined ? onChain.presets : knownNames("--presets", presets, "preset", catalogue.presets),
      otherSeverities: chosen?.filter((severity) => severity !== 1) ?? onChain.otherSeverities,
      seeds: seeds === undefined ? onChain.seeds : wholeNumber("--seeds", seeds, 1, 10_000),
      studySeeds: studySeeds === undefined ? onChain.studySeeds : wholeNumber("--study-seeds", studySeeds, 1, 10_000),
      rungs: rungs === undefined ? onChain.rungs : knownNames("--rungs", rungs, "rung", knownRungs),
      feedback: feedback === undefined ? onChain.feedback : knownName("--feedback", feedback, "arm", feedbackArms),
    },
  };
  for (const name of [...result.models, ...result.onChain.models])
    requireKnown(`scenario ${scenario.name}: models`, name, "model", catalogue.models);
  for (const name of result.studies)
    requireKnown(`scenario ${scenario.name}: studies`, name, "study", catalogue.studies);
  for (const name of result.onChain.presets)
    requireKnown(`scenario ${scenario.name}: onChain.presets`, name, "preset", catalogue.presets);
  return result;
}

/** The models asked for by name, after those that are module files have been loaded; they are known from then on. */
function withOwnModels(
  text: string | undefined,
  catalogue: Catalogue,
): { readonly names: string | undefined; readonly files: readonly string[]; readonly known: Catalogue } {
  const entries = (text ?? "").split(",").map((entry) => entry.trim());
  const files = entries.filter(isModelFile);
  if (files.length === 0) return { names: text, files, known: catalogue };
  const own = new Map(files.map((file) => [file, loadOwnModel(file, "--models").name]));
  return {
    names: entries.map((entry) => own.get(entry) ?? entry).join(","),
    files: files.map((file) => resolve(file)),
    known: { ...catalogue, models: [...new Set([...catalogue.models, ...own.values()])] },
  };
}

/** The studies asked for; `all` stands for every one that can be answered. */
function chosenStudies(text: string, catalogue: Catalogue, isRecorded: boolean): string[] {
  if (text.trim() !== "all") return knownNames("--studies", text, "study", catalogue.studies);
  const { studies, recordedStudies, historyStudies } = catalogue;
  return isRecorded ? [...recordedStudies] : studies.filter((name) => !historyStudies.includes(name));
}

/** Some questions need a truth that nobody recorded, and some need a record. */
function requireAnswerable(
  asked: readonly string[],
  isRecorded: boolean,
  { recordedStudies, historyStudies }: Catalogue,
): void {
  const unanswered = asked.filter((name) =>
    isRecorded ? !recordedStudies.includes(name) : historyStudies.includes(name),
  );
  if (unanswered.length === 0) return;
  const names = unanswered.join(", ");
  throw new UserError({
    where: "--studies",
    what: isRecorded
      ? `${names} ${unanswered.length === 1 ? "asks" : "ask"} of a synthetic world, and this run is on recorded prices`
      : `${names} ${unanswered.length === 1 ? "asks" : "ask"} of recorded prices, and this run has none`,
    expected: isRecorded
      ? `a scenario without history, or ${recordedStudies.join(", ")}`
      : "a scenario with history such as sp500, or --history FILE",
  });
}

/** A filter such as `loss.mean("FULL", 1)` that matches nothing in the run would never fail it. */
function checkFilters(failIf: FailIf | undefined, { models, onChain, scoring }: Scenario): void {
  const names = [...new Set([...models, ...onChain.models, ...onChain.presets])];
  const doses = [...new Set([1, ...onChain.otherSeverities, ...scoring.severities])];
  for (const filter of failIf?.filters ?? []) {
    if (typeof filter === "string") requireKnown("--fail-if", filter, "model or preset", names);
    else if (!doses.includes(filter))
      throw new UserError({
        where: "--fail-if",
        what: `severity ${filter} is not in this run`,
        expected: `one of ${doses.toSorted((a, b) => a - b).join(", ")}`,
      });
  }
}

/**
 * The exact command without `--out`, options in a fixed order. Left out with it is what changes no result: how many
 * chains run at once, and where the output goes.
 */
function commandText(given: SimArguments, masterSeed: number): string {
  const options: readonly (readonly [string, string | undefined])[] = [
    ["scenario", given.scenario ?? defaultScenario],
    ["models", given.models],
    ["severities", given.severities],
    ["replicates", given.replicates],
    ["presets", given.presets],
    ["studies", given.studies],
    ["seeds", given.seeds],
    ["study-seeds", given.studySeeds],
    ["rungs", given.rungs],
    ["feedback", given.feedback],
    ["history", given.history],
    ["quotes", given.quotes],
    ["calm", given.calm],
    ["stress", given.stress],
    ["repair", given.repair],
    ["fail-if", given.failIf],
    ["baseline", given.baseline],
    ["seed", String(masterSeed)],
  ];
  return [
    "npx hardhat sim",
    ...options.flatMap(([name, value]) => (value === undefined ? [] : [`--${name} ${quoted(value)}`])),
    ...(given.ci === true ? ["--ci"] : []),
  ].join(" ");
}

/** A value as a POSIX shell reads it back. */
function quoted(value: string): string {
  return /^[\w./,:=@%+-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}
