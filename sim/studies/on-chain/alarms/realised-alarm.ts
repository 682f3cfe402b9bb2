import { tableOf } from "../../../../src/models/feature-pipeline.ts";
import type { FeatureTable, FittedModel, QuoteSet, ReturnHistory } from "../../../../src/models/pricing-model.ts";
import { selectFeatures } from "../../../../src/models/select-quotes.ts";
import { cusumPath } from "../../../../src/statistics/cusum.ts";
import { mean, quantile, standardDeviation } from "../../../../src/statistics/moments.ts";
import { YEAR_SECONDS } from "../../../../src/time/year.ts";
import { type AlarmCount, levelsOf } from "./alarmed-model.ts";

/**
 * What a keeper does while its alarm stands. `recalibrate`: scales the model's vols by what was realised since the
 * change. `conservative`: keeps the vols and posts a standard deviation as large as that correction.
 */
export type RealisedReaction = "recalibrate" | "conservative";

/** Two-sided CUSUM of realised moves against the model's level: calm mean and deviation of a move, and the limit. */
export interface RealisedChart {
  readonly centre: number;
  readonly spread: number;
  readonly threshold: number;
}

/** Returns that the chart runs over, the latest: a day of hourly ones. */
const WINDOW = 24;
/** Half the shift, in deviations, that the chart is tuned to; ours. */
const ALLOWANCE = 0.5;
/** A move of more model deviations counts as so many: one jump is no change of regime. */
const LARGEST_MOVE = 4;
/** Share of calm moments at which the alarm may stand. */
export const FALSE_ALARMS = 0.05;
/** Fewest returns since a change that a correction is taken from, and the largest correction, as a factor. */
const FEWEST_RETURNS = 4;
const LARGEST_CORRECTION = 3;

/** The chart of a model whose alarm stands at a twentieth of the calm moments. */
export function realisedChart(model: FittedModel, calm: QuoteSet): RealisedChart {
  const firsts = Array.from(calm.time.keys()).filter((row) => row === 0 || calm.time[row] !== calm.time[row - 1]);
  const features = selectFeatures(calm.features, firsts);
  const levels = levelsOf(model, features);
  const moves = features.returns.map((returns, row) => movesOf(returns, levels[row]));
  const all = moves.flatMap((one) => Array.from(one));
  const calibrated = { centre: mean(all), spread: standardDeviation(all), threshold: Infinity };
  const ends = moves.filter(({ length }) => length > 0).map((one) => pathOf(one, calibrated).at(-1)!);
  return { ...calibrated, threshold: quantile(ends, 1 - FALSE_ALARMS) };
}

/**
 * Realised over quoted vol since the change that the chart sees; 1 where no alarm stands.
 * @param level - the model's vol at the money, annualised
 */
export function correctionOf(chart: RealisedChart, returns: ReturnHistory, level: number): number {
  const moves = movesOf(returns, level);
  if (moves.length < FEWEST_RETURNS) return 1;
  const path = pathOf(moves, chart);
  if (!(path[path.length - 1] > chart.threshold)) return 1;
  const since = Math.min(path.lastIndexOf(0) + 1, moves.length - FEWEST_RETURNS);
  // Calm moves have a mean size of their own, jumps cut off: against it, and not one, a change is measured.
  const ratio = mean(moves.subarray(since)) / chart.centre;
  return Math.min(LARGEST_CORRECTION, Math.max(1 / LARGEST_CORRECTION, ratio));
}

/**
 * A frozen model whose keeper runs the chart on the feed's returns and reacts while it alarms. It reads prices alone and
 * has no memory beyond the features' history of returns.
 * @param count - is told of every moment asked about
 */
export function realisedAlarm(
  base: FittedModel,
  chart: RealisedChart,
  reaction: RealisedReaction,
  count: AlarmCount,
): FittedModel {
  const [low, high] = base.domain;
  const corrections = (at: FeatureTable): Float64Array => {
    const levels = levelsOf(base, at);
    const known = new Map<ReturnHistory, number>();
    const found = levels.map((level, row) => {
      const returns = at.returns[row];
      if (!known.has(returns)) known.set(returns, correctionOf(chart, returns, level));
      return known.get(returns)!;
    });
    count.asked++;
    if (found.some((correction) => correction !== 1)) count.alarmed++;
    return found;
  };
  const predictMany: FittedModel["predictMany"] = (at, state) => {
    const { vol, sd } = base.predictMany(at, state);
    const factor = corrections(at);
    if (reaction === "recalibrate") {
      return { vol: vol.map((value, row) => Math.min(high, Math.max(low, value * factor[row]))), sd };
    }
    return { vol, sd: sd.map((own, row) => Math.min(high, Math.max(own, vol[row] * Math.abs(factor[row] - 1)))) };
  };
  return {
    name: `${base.name}, ${reaction} on CUSUM`,
    information: base.information,
    get diagnostics() {
      return base.diagnostics;
    },
    trainedOn: base.trainedOn,
    domain: base.domain,
    rawMany(at, state) {
      const raw = base.rawMany(at, state);
      if (reaction === "conservative") return raw;
      const factor = corrections(at);
      return raw.map((vol, row) => vol * factor[row]);
    },
    predictMany,
    predict(at) {
      const { vol, sd } = predictMany(tableOf(at));
      return { vol: vol[0], sd: sd[0] };
    },
    explain: (at) => base.explain(at),
    toJSON: () => ({ base: base.toJSON(), reaction, chart }),
  };
}

/** Sizes of the latest returns in deviations of the model's level, the largest cut off. */
function movesOf({ values, step }: ReturnHistory, level: number): Float64Array {
  const deviation = level * Math.sqrt(step / YEAR_SECONDS);
  return values.slice(-WINDOW).map((logReturn) => Math.min(LARGEST_MOVE, Math.abs(logReturn) / deviation));
}

function pathOf(moves: Float64Array, { centre, spread }: RealisedChart): Float64Array {
  return cusumPath(
    moves.map((move) => (move - centre) / spread),
    ALLOWANCE,
  );
}
