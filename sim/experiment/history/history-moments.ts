import type { MomentFeatures } from "../../../src/models/feature-pipeline.ts";
import { FeaturePipeline } from "../../../src/models/feature-pipeline.ts";
import { sampleBars } from "../../../src/processes/bar-path.ts";
import type { PriceBars } from "../../../src/processes/history.ts";
import type { ReportingTerms } from "../../oracle/reporting-rule.ts";
import { ReportingRule } from "../../oracle/reporting-rule.ts";

/** Features of a moment in recorded prices. */
export interface HistoryMoment {
  /** Unix seconds. */
  readonly time: number;
  readonly features: MomentFeatures;
}

/** Seconds of prices before the first moment that the features are warmed up on, where the file has them. */
const WARMUP = 14 * 86_400;
/** Grid on which the feed's rule sees the price within a bar, seconds. */
const STEP = 900;

/**
 * Features at `times` (ascending Unix seconds), from the rounds that a feed under `terms` would have posted along the
 * bars. Moments before the second round of the file have none and are left out.
 * @param baseFee - gwei; history of gas is not at hand, so that it is the same throughout
 */
export function historyMoments(
  bars: PriceBars,
  terms: ReportingTerms,
  baseFee: number,
  times: readonly number[],
): HistoryMoment[] {
  const from = Math.max(bars.times[0], times[0] - WARMUP);
  const steps = Math.floor((times[times.length - 1] - from) / STEP);
  if (steps < 1) return [];
  const prices = sampleBars(bars, from, steps, STEP);
  const grid = prices.map((_, i) => from + i * STEP);
  const rounds = new ReportingRule(terms).due(grid, prices);
  const pipeline = new FeaturePipeline();
  pipeline.chain({ time: from, vegaBought: 0, utilisation: 0, rateDifferential: 0, baseFee });
  const moments: HistoryMoment[] = [];
  let next = 0;
  for (const time of times) {
    for (; next < rounds.length && rounds[next].updatedAt <= time; next++) pipeline.round(rounds[next]);
    if (pipeline.isReady) moments.push({ time, features: pipeline.now() });
  }
  return moments;
}
