import { basename } from "node:path";

import type { FittedModel } from "../../../src/models/pricing-model.ts";
import { selectBars, type TimeWindow } from "../../../src/processes/windows.ts";
import type { HistoryResult } from "../../results/history.ts";
import type { Scenario } from "../../scenarios/scenario.ts";
import type { ExperimentRequest, HistoryRequest } from "../request.ts";

import { historyScenario } from "./history-scenario.ts";
import { readHistory, type HistoryFiles } from "./read-history.ts";
import { scoreHistory } from "./score-history.ts";

/** Recorded prices read, scored, and ready for the chain. */
export interface PreparedHistory {
  readonly files: HistoryFiles;
  readonly stress: TimeWindow;
  /** The base scenario on the window's span, with the models that could be fitted. */
  readonly scenario: Scenario;
  readonly scored: HistoryResult;
  /** Frozen on the calm window, by name. */
  readonly fitted: ReadonlyMap<string, FittedModel>;
}

/** An exchange's outage of this many seconds is bridged with the last close and counted; a longer one is refused. */
const LONGEST_GAP = 6 * 3600;

/**
 * Depends on the request alone, so that every process that runs a part of the experiment prepares the same.
 * @throws {UserError} for files and windows that make no sense
 */
export function prepareHistory(request: Omit<ExperimentRequest, "signal">, history: HistoryRequest): PreparedHistory {
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
  const runnable = scenario.onChain.models.filter((model) => fitted.has(model));
  return {
    files,
    stress,
    scenario: { ...scenario, onChain: { ...scenario.onChain, models: runnable } },
    scored,
    fitted,
  };
}

function modelsOf({ models, onChain }: Scenario): string[] {
  return [...new Set([...models, ...onChain.models])];
}

/** The asset by the file's name: its token's decimals are all that hangs on it. */
function assetOf({ prices }: HistoryRequest, scenario: Scenario): Scenario["asset"] {
  const name = basename(prices).toLowerCase();
  if (/btc|xbt/.test(name)) return "BTC";
  return name.includes("eth") ? "ETH" : scenario.asset;
}
