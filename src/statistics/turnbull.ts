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
 * @throws {TooFewObservationsError} of nothing
 */
export function turnbull(observations: readonly CensoredInterval[]): TurnbullMass[] {
  requireObservations("Turnbull's estimate", new Float64Array(observations.length), 1);
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
 * half, or the censored end itself.
 */
export function censoredMedian(observations: readonly CensoredInterval[]): number {
  let below = 0;
  const masses = turnbull(observations);
  for (const { low, high, mass } of masses) {
    below += mass;
    if (below >= 0.5 - 1e-9) {
      if (low === -Infinity) return -Infinity;
      return high === Infinity ? Infinity : (low + high) / 2;
    }
  }
  return masses[masses.length - 1].high;
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
