import type { FittedModel } from "../../../src/models/pricing-model.ts";
import { selectBars, type TimeWindow } from "../../../src/processes/windows.ts";
import type { HistoryResult } from "../../results/history.ts";
import type { Scenario } from "../../scenarios/scenario.ts";
import type { ExperimentRequest, HistoryRequest, HistoryTest } from "../request.ts";

import { historyScenario } from "./history-scenario.ts";
import { readHistory, type HistoryFiles } from "./read-history.ts";
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

/** An exchange's outage of this many seconds is bridged with the last close and counted; a longer one is refused. */
const LONGEST_GAP = 6 * 3600;
/** A market that closes has holes of this many bars: a long weekend. */
const LONGEST_GAP_BARS = 5;

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

/** Every test scored off chain, the first as it was prepared. */
export function scoreTests(
  request: Omit<ExperimentRequest, "signal">,
  { tests }: HistoryRequest,
  { files, scenario, scored }: PreparedHistory,
): HistoryResult["tests"] {
  return tests.map((test, index) => {
    const { calm, stress, nullWindows, outsideTraining, models } =
      index === 0 ? scored : scoreHistory(inputOf(request, scenario, files, test)).history;
    return { name: test.name, why: test.why, calm, stress, nullWindows, outsideTraining, models };
  });
}

function inputOf(
  { masterSeed }: Omit<ExperimentRequest, "signal">,
  scenario: Scenario,
  { bars, prices, repairs, snapshots, quotes }: HistoryFiles,
  { calm, stress }: HistoryTest,
): HistoryInput {
  return {
    ...{ scenario, calm, stress, bars, models: modelsOf(scenario), masterSeed, prices, repairs },
    ...(snapshots === undefined ? {} : { snapshots }),
    ...(quotes === undefined ? {} : { quotes }),
  };
}

/** @throws {UserError} for a window that the prices do not cover */
function checkWindows(
  { longestGap, fixedIn, name }: HistoryRequest,
  { bars }: HistoryFiles,
  { name: test, calm, stress }: HistoryTest,
): void {
  const gap = longestGap ?? Math.max(LONGEST_GAP, LONGEST_GAP_BARS * bars.barSeconds);
  const isOption = fixedIn === "command";
  selectBars(isOption ? "--calm" : `scenario ${name}: calm of ${test}`, bars, calm, gap);
  selectBars(isOption ? "--stress" : `scenario ${name}: ${test}`, bars, stress, gap);
}

function modelsOf({ models, onChain }: Scenario): string[] {
  return [...new Set([...models, ...onChain.models])];
}
