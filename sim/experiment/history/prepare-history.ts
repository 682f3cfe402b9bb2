import type { FittedModel } from "../../../src/models/pricing-model.ts";
import { createRandom } from "../../../src/random/random.ts";
import { selectBars, type TimeWindow } from "../../../src/processes/windows.ts";
import type { HistoryResult } from "../../results/history.ts";
import type { Scenario } from "../../scenarios/scenario.ts";
import type { ExperimentRequest, HistoryRequest, HistoryTest } from "../request.ts";

import { acrossWindows } from "./across-windows.ts";
import { compareForecasts } from "./compare-forecasts.ts";
import { bridgedHole } from "./holes.ts";
import { historyScenario } from "./history-scenario.ts";
import { readHistory, type HistoryFiles } from "./read-history.ts";
import { quotedDays } from "./loss-series.ts";
import type { RecordedMarket } from "./recorded-market.ts";
import type { TrainedTest } from "./trained-test.ts";
import { scoreHistory, type HistoryInput, type HistoryOutcome } from "./score-history.ts";

/** Recorded prices read, scored, and ready for the chain. */
export interface PreparedHistory {
  readonly files: HistoryFiles;
  readonly stress: TimeWindow;
  /** The base scenario on the window's span, with the models that could be fitted. */
  readonly scenario: Scenario;
  readonly scored: HistoryOutcome["history"];
  /** Frozen on the calm window, by name. */
  readonly fitted: ReadonlyMap<string, FittedModel>;
}

/**
 * The request's first test, ready for the chain. Depends on the request alone, so that every process that runs a part of
 * the experiment prepares the same.
 * @throws {UserError} for files and windows that make no sense
 */
export function prepareHistory(request: Omit<ExperimentRequest, "signal">, history: HistoryRequest): PreparedHistory {
  const files = readHistory(history);
  for (const test of history.tests) checkWindows(history, files, test);
  const [{ calm, stress }] = history.tests;
  const scenario = historyScenario(request.scenario, files.bars, calm, stress, history);
  const { history: scored, fitted } = scoreHistory(inputOf(request, scenario, files, history.tests[0]));
  const runnable = scenario.onChain.models.filter((model) => fitted.has(model));
  return {
    files,
    stress,
    scenario: { ...scenario, onChain: { ...scenario.onChain, models: runnable } },
    scored,
    fitted,
  };
}

/** Tests with their frozen models, the one on chain first. */
export type TestOutcomes = readonly [TrainedTest, ...TrainedTest[]];

/** Every test scored off chain, the first as it was prepared, and all of them together. */
export function scoreTests(
  request: Omit<ExperimentRequest, "signal">,
  { tests, longestGap }: HistoryRequest,
  { files, scenario, scored, fitted }: PreparedHistory,
): Pick<HistoryResult, "tests" | "comparisons" | "across" | "quality"> & { readonly outcomes: TestOutcomes } {
  const [first, ...others] = tests;
  const outcomes = [
    { test: first, history: scored, fitted },
    ...others.map((test) => ({ test, ...scoreHistory(inputOf(request, scenario, files, test)) })),
  ] as const;
  const market = marketOf(scenario, files);
  const quoted =
    market.snapshots === undefined
      ? undefined
      : quotedDays(market, market.bars.times[0], longestGap ?? bridgedHole(files.bars));
  const random = createRandom(request.masterSeed, "history", "across");
  return {
    tests: outcomes.map(({ test: { name, why }, history }) => {
      const { calm, stress, nullWindows, outsideTraining, models } = history;
      return { name, why, calm, stress, nullWindows, outsideTraining, models };
    }),
    quality: files.quality,
    comparisons: compareForecasts(market, outcomes, quoted),
    across: acrossWindows(market, outcomes, quoted, random),
    outcomes: [{ test: first, fitted }, ...others.map((test, i) => ({ test, fitted: outcomes[i + 1].fitted }))],
  };
}

/** What the files recorded, as the scenario's feed shows it. */
export function marketOf(scenario: Scenario, { bars, snapshots }: HistoryFiles): RecordedMarket {
  return { scenario, bars, ...(snapshots === undefined ? {} : { snapshots }) };
}

function inputOf(
  { masterSeed }: Omit<ExperimentRequest, "signal">,
  scenario: Scenario,
  files: HistoryFiles,
  { calm, stress }: HistoryTest,
): HistoryInput {
  const { prices, repairs, quotes } = files;
  return {
    ...marketOf(scenario, files),
    ...{ calm, stress, models: modelsOf(scenario), masterSeed, prices, repairs },
    ...(quotes === undefined ? {} : { quotes }),
  };
}

/** @throws {UserError} for a window that the prices do not cover */
function checkWindows(
  { longestGap, fixedIn, name }: HistoryRequest,
  { bars }: HistoryFiles,
  { name: test, calm, stress }: HistoryTest,
): void {
  const gap = longestGap ?? bridgedHole(bars);
  const isOption = fixedIn === "command";
  selectBars(isOption ? "--calm" : `scenario ${name}: calm of ${test}`, bars, calm, gap);
  selectBars(isOption ? "--stress" : `scenario ${name}: ${test}`, bars, stress, gap);
}

function modelsOf({ models, onChain }: Scenario): string[] {
  return [...new Set([...models, ...onChain.models])];
}
