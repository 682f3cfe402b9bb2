import { medianRank } from "./median-interval.ts";
import { requireLevel, StatisticInputError } from "./statistic-input-error.ts";
import { requireObservations } from "./too-few-observations-error.ts";

/** A threshold known to lie in (low, high]; −Infinity and Infinity for what is censored on a side. */
export interface CensoredInterval {
  readonly low: number;
  readonly high: number;
}

/** Probability mass on one of Turnbull's innermost intervals. */
export interface TurnbullMass extends CensoredInterval {
  readonly mass: number;
}

const TOLERANCE = 1e-10;
const MOST_ITERATIONS = 20_000;

/**
 * Non-parametric maximum-likelihood distribution of interval-censored observations, by self-consistency (Turnbull
 * 1976): mass sits on the innermost intervals only.
 *
 * @returns rising, masses that sum to 1 within 1e-8 of those of greatest likelihood
 * @throws {TooFewObservationsError} of nothing
 * @throws {StatisticInputError} of an interval whose ends are no numbers or not in order
 * @see Turnbull (1976), "The empirical distribution function with arbitrarily grouped, censored and truncated data"
 */
export function turnbull(observations: readonly CensoredInterval[]): TurnbullMass[] {
  requireObservations("Turnbull's estimate", new Float64Array(observations.length), 1);
  requireOrder("Turnbull's estimate", observations);
  const cells = innermostIntervals(observations);
  const covers = observations.map((one) => cells.map((cell) => (cell.low >= one.low && cell.high <= one.high ? 1 : 0)));
  let mass = cells.map(() => 1 / cells.length);
  for (let iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
    const next = cells.map(() => 0);
    for (const row of covers) {
      const total = row.reduce((sum: number, inside, j) => sum + inside * mass[j], 0);
      row.forEach((inside, j) => (next[j] += (inside * mass[j]) / total / observations.length));
    }
    const moved = Math.max(...next.map((value, j) => Math.abs(value - mass[j])));
    mass = next;
    if (moved < TOLERANCE) break;
  }
  return cells.map((cell, j) => ({ ...cell, mass: mass[j] }));
}

/**
 * Median of interval-censored thresholds: the middle of the innermost interval in which the distribution passes one
 * half, or the censored end itself, ±Infinity.
 * @throws as {@link turnbull}
 */
export function censoredMedian(observations: readonly CensoredInterval[]): number {
  const { low, high } = censoredQuantile(observations, 0.5);
  if (low === -Infinity) return -Infinity;
  return high === Infinity ? Infinity : (low + high) / 2;
}

/**
 * Innermost interval in which Turnbull's distribution reaches a share: all that is known of that quantile. Both ends
 * are infinite where nothing is.
 * @param share - in (0, 1)
 * @throws {StatisticInputError} of a share outside (0, 1)
 * @throws as {@link turnbull}
 */
export function censoredQuantile(observations: readonly CensoredInterval[], share: number): CensoredInterval {
  requireLevel("censored quantile", share);
  let below = 0;
  const masses = turnbull(observations);
  for (const { low, high, mass } of masses) {
    below += mass;
    if (below >= share - 1e-9) return { low, high };
  }
  const { low, high } = masses[masses.length - 1];
  return { low, high };
}

/**
 * All that is known of the median of interval-censored differences: from the lower median's innermost interval to the
 * upper one's, so that the opposite differences have the opposite median. Ends are infinite where nothing is known.
 * @throws as {@link turnbull}
 */
export function censoredMedianSpan(observations: readonly CensoredInterval[]): CensoredInterval {
  const opposite = observations.map(({ low, high }) => ({ low: -high, high: -low }));
  return { low: censoredQuantile(observations, 0.5).low, high: -censoredQuantile(opposite, 0.5).low };
}

/**
 * Interval of the median of interval-censored thresholds: the order-statistic interval with each lower end taken from
 * the lower ends and each upper end from the upper ones, so that it holds the one of the thresholds themselves, and
 * covers at least as often. Ends are infinite where that is all that is known.
 *
 * @param level - least coverage, in (0, 1)
 * @returns in the thresholds' unit, an exact coverage of at least `level`
 * @throws {TooFewObservationsError} below six observations, where no 95 % interval exists
 * @throws {StatisticInputError} of a level outside (0, 1), or ends that are no numbers or not in order
 * @see David & Nagaraja (2003), "Order statistics", 7.1
 */
export function censoredMedianInterval(observations: readonly CensoredInterval[], level = 0.95): CensoredInterval {
  const n = observations.length;
  requireObservations("interval of a censored median", new Float64Array(n), 6);
  requireOrder("interval of a censored median", observations);
  const { rank } = medianRank(n, level);
  const ascending = (ends: readonly number[]) => Float64Array.from(ends).sort();
  return {
    low: ascending(observations.map(({ low }) => low))[rank - 1],
    high: ascending(observations.map(({ high }) => high))[n - rank],
  };
}

/** Intervals from a left end to the next right end with no end between them. */
function innermostIntervals(observations: readonly CensoredInterval[]): CensoredInterval[] {
  const ends = [
    ...observations.map(({ low }) => ({ at: low, right: false })),
    ...observations.map(({ high }) => ({ at: high, right: true })),
    // At the same place a right end comes first: the intervals are open on the left.
  ].sort((a, b) => (a.at === b.at ? Number(b.right) - Number(a.right) : a.at - b.at));
  const cells: CensoredInterval[] = [];
  for (let i = 1; i < ends.length; i++) {
    if (!ends[i - 1].right && ends[i].right) cells.push({ low: ends[i - 1].at, high: ends[i].at });
  }
  return cells;
}

function requireOrder(statistic: string, observations: readonly CensoredInterval[]): void {
  observations.forEach(({ low, high }, i) => {
    if (low < high) return;
    throw new StatisticInputError(statistic, `observation ${i} lies in (${low}, ${high}], which holds nothing`);
  });
}
