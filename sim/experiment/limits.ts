import type { HistoryResult } from "../results/history.ts";
import type { Scenario } from "../scenarios/scenario.ts";

import type { HistoryRequest } from "./request.ts";

/**
 * What a run's numbers do not say, a sentence each.
 * @param fixedIn - who chose the windows of recorded prices
 */
export function limitsOf(
  scenario: Scenario,
  history: Pick<HistoryResult, "surrogate"> | null,
  fixedIn: HistoryRequest["fixedIn"] | undefined,
): string[] {
  const world =
    history === null
      ? [
          "Truth prices are myopic: the parameters in force are taken as lasting, so no price charges for a change of regime.",
          "Market quotes carry the same noise in every regime; real spreads widen under stress.",
        ]
      : [
          `Recorded prices have no truth; on chain, perfect pricing stands for ${history.surrogate}.`,
          "One path of one asset: seeds differ in the agents' draws alone, and no interval covers another history.",
          `${windowsOf(scenario, fixedIn)}; a window chosen because it crashed says nothing of how often one does.`,
        ];
  return [
    ...world,
    `The clock has ${scenario.clock.blocks} blocks over ${scenario.clock.horizon / 3600} hours: between dense spells ` +
      "agents act once a block, minutes apart.",
    ...(scenario.clock.coarse.length > 0
      ? [`Protocol durations shorter than three blocks here: ${scenario.clock.coarse.join(", ")}.`]
      : []),
    "The economic numbers rest on one cast of agents with the capital that the scenario states.",
  ];
}

/** When the windows were chosen: a window moved after a look at results is no test fixed beforehand. */
function windowsOf({ history }: Scenario, fixedIn: HistoryRequest["fixedIn"] | undefined): string {
  if (fixedIn !== "scenario") return "The window was chosen by whoever asked";
  const adjusted = history?.adjusted === undefined ? "" : ` but for this: ${history.adjusted}`;
  return `The windows stand in the scenario file, fixed before any result${adjusted}`;
}
