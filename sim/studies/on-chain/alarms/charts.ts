import { runLengths } from "../../../../src/statistics/bayesian-change-point.ts";
import { cusumPath } from "../../../../src/statistics/cusum.ts";
import { mean, median } from "../../../../src/statistics/moments.ts";
import type { Observation } from "./watch.ts";

/** What is watched and how: the error of the calm fit's surface against the market, or the feed's moves alone. */
export const chartNames = ["CUSUM of the error", "change point of the error", "CUSUM of the feed"] as const;
export type ChartName = (typeof chartNames)[number];

/** What calm says of a chart's observations, so that they can be told in its deviations. */
export interface CalmLaw {
  /** Share of an observation that the one before foretells. */
  readonly memory: number;
  /** Middle of what is left. */
  readonly centre: number;
  /** Its deviation, where it is the same for every fit: of moves, not of errors. */
  readonly spread: number | undefined;
}

/** Half the shift, in deviations, that the CUSUM charts are tuned to; ours. */
const ALLOWANCE = 0.5;
/** An observation beyond so many deviations counts as so many: one jump is no change of regime. */
const LARGEST = 4;
/** Observations between changes that the Bayesian monitor expects, a month of cycles, and runs that count as recent. */
const [MEAN_RUN, RECENT] = [2000, 6];
/** Observations after its start from which the Bayesian monitor is heard. */
const SETTLED = 4 * RECENT;
/** A median absolute deviation in standard deviations of a normal. */
const ROBUST_DEVIATION = 1.4826;
const SMALLEST_SPREAD = 1e-3;

/** The values that a chart takes of observations, one each; the last one known where nothing is new. */
function valuesOf(name: ChartName, observations: readonly Observation[]): Float64Array {
  if (name !== "CUSUM of the feed") return Float64Array.from(observations, ({ error }) => error);
  return Float64Array.from(
    observations.filter(({ move }) => !Number.isNaN(move)),
    ({ move }) => Math.min(LARGEST, move),
  );
}

/** The calm law of a chart over spans of calm that were observed apart. */
export function calmLaw(name: ChartName, spans: readonly (readonly Observation[])[]): CalmLaw {
  const values = spans.map((span) => valuesOf(name, span));
  const memory = name === "CUSUM of the feed" ? 0 : memoryOf(values);
  const rest = values.flatMap((span) => Array.from(restOf(span, memory)));
  // Moves have one side only, where the median absolute deviation says little.
  if (name === "CUSUM of the feed") {
    const centre = mean(rest);
    return { memory, centre, spread: Math.sqrt(mean(rest.map((value) => (value - centre) ** 2))) };
  }
  return { memory, centre: median(rest), spread: undefined };
}

/** Median absolute deviation of what a fit's own errors leave, as a standard deviation of a normal. */
function ownSpread(rest: Float64Array, centre: number): number {
  return Math.max(SMALLEST_SPREAD, ROBUST_DEVIATION * median(rest.map((value) => Math.abs(value - centre))));
}

/**
 * The chart's statistic after each observation; it depends on those up to then alone. Errors remember those before, so
 * that the charts look at what each is beyond its forecast (Alwan & Roberts 1988), cut off at four deviations.
 * @param own - first observations that only tell how far this fit's errors scatter; nothing is charted of them
 */
export function chartPath(
  name: ChartName,
  { memory, centre, spread }: CalmLaw,
  observations: readonly Observation[],
  own: number,
): Float64Array {
  const charted = observations.slice(own);
  const rest = restOf(valuesOf(name, charted), memory);
  const scatter = spread ?? ownSpread(restOf(valuesOf(name, observations.slice(0, own)), memory), centre);
  const statistic = statisticOf(
    name,
    rest.map((value) => Math.max(-LARGEST, Math.min(LARGEST, (value - centre) / scatter))),
    charted,
  );
  const path = new Float64Array(observations.length);
  path.set(statistic, own);
  return path;
}

function statisticOf(name: ChartName, standardised: Float64Array, observations: readonly Observation[]): Float64Array {
  if (standardised.length === 0) return new Float64Array(observations.length);
  if (name === "change point of the error") {
    const prior = { meanRun: MEAN_RUN, mean: 0, meanWeight: 1, variance: 1, varianceWeight: 4, recent: RECENT };
    // A run that has only begun is recent by necessity.
    return logOdds(runLengths(standardised, prior).changed).map((odds, t) => (t < SETTLED ? 0 : odds));
  }
  const path = cusumPath(standardised, ALLOWANCE);
  if (name === "CUSUM of the error") return path;
  let latest = -1;
  return Float64Array.from(observations, ({ move }) => {
    if (!Number.isNaN(move)) latest++;
    return latest < 0 ? 0 : path[latest];
  });
}

/** ln of the odds of a recent change over the odds beforehand, at least 0: certainties differ, and half of it is less. */
function logOdds(chances: Float64Array): Float64Array {
  const before = Math.log(RECENT / (MEAN_RUN - RECENT));
  return chances.map((p) => Math.max(0, Math.log(p / Math.max(1e-12, 1 - p)) - before));
}

/** Each value less what the one before foretells of it; the first less its own forecast. */
function restOf(values: Float64Array, memory: number): Float64Array {
  return values.map((value, t) => value - memory * values[Math.max(0, t - 1)]);
}

/** First-order autocorrelation, each span about its own median. */
function memoryOf(spans: readonly Float64Array[]): number {
  let [cross, square] = [0, 0];
  for (const span of spans) {
    const centre = median(span);
    for (let t = 1; t < span.length; t++) {
      cross += (span[t] - centre) * (span[t - 1] - centre);
      square += (span[t - 1] - centre) ** 2;
    }
  }
  return square > 0 ? Math.min(1, Math.max(0, cross / square)) : 0;
}
