import { blackGreeks } from "../../../src/pricing/black-scholes.ts";
import { sampleBars } from "../../../src/processes/bar-path.ts";
import type { TimeWindow } from "../../../src/processes/windows.ts";
import { DAYS_BEFORE, type RunWorld } from "../../engine/run-world.ts";
import type { TrueGreeks } from "../../measure/greeks-error.ts";
import type { Scenario } from "../../scenarios/scenario.ts";
import { HistoryWorld } from "../../world/history-world.ts";
import { constantSeverity } from "../../world/severity-profile.ts";

import type { HistoryRequest } from "../request.ts";
import { YEAR_SECONDS } from "../../../src/time/year.ts";
import type { HistoryFiles } from "./read-history.ts";

const DAY = 86_400;

/** The recorded window as the world of a run, a fresh one each time, with the prices before it. */
export function recordedWorld(files: HistoryFiles, scenario: Scenario, stress: TimeWindow): RunWorld {
  const { bars, snapshots } = files;
  const stepSeconds = scenario.clock.fineStep;
  const steps = Math.ceil((DAYS_BEFORE * DAY) / stepSeconds);
  const from = stress.from - steps * stepSeconds;
  const truth = new HistoryWorld({
    bars,
    // The last block lies at the window's end; a step beyond keeps it inside.
    window: { from: stress.from, to: stress.to + stepSeconds },
    stepSeconds,
    severityAt: constantSeverity(1),
    ...(snapshots === undefined ? {} : { snapshots }),
  });
  const prices = sampleBars(bars, from, steps, stepSeconds);
  return {
    truth,
    before: { times: Float64Array.from(prices, (_, i) => from + i * stepSeconds), prices },
  };
}

/** What stands for truth on a recorded path, in words. */
export function surrogateOf(files: HistoryFiles, { volatilityIndex }: Pick<HistoryRequest, "volatilityIndex">): string {
  if (volatilityIndex !== undefined) {
    return `the index of ${volatilityIndex.tenorDays}-day implied vol at every strike and tenor, which is a market's price and no truth`;
  }
  return files.snapshots === undefined
    ? "the vol that was realised over each option's life, which nobody knew at the time"
    : "the quoted implied vol of the latest snapshot, which is a market's price and no truth";
}

/** Sensitivities at the surrogate's vol: history has no model of its own. */
export const surrogateGreeks: TrueGreeks = {
  delta: (block, index) => {
    const { isCall, strike, expiry } = block.view.series[index];
    const years = Math.max(expiry - block.time, 60) / YEAR_SECONDS;
    return blackGreeks(isCall, block.truth.spot, strike, years, block.trueVols[index]).delta;
  },
  minimumVarianceDelta: (block, index) => surrogateGreeks.delta(block, index),
};
