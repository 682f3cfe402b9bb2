import { quantile } from "./moments.ts";
import { requireObservations } from "./too-few-observations-error.ts";

/** Largest distance of two distribution functions, with its p-value. */
export interface KolmogorovSmirnov {
  readonly statistic: number;
  readonly p: number;
  /** Whether the p-value is exact (small samples without ties) or asymptotic. */
  readonly isExact: boolean;
}

/** Product of the sample sizes up to which the exact p-value is computed. */
const EXACT_SIZE = 250_000;

/**
 * Population stability index Σ (a - e) ln(a/e) over bins cut at the reference's quantiles.
 *
 * Half an observation is added to each bin, so that an empty one gives a large but finite index. Below 0.1 little has
 * changed, above 0.25 much, by the industry's rule of thumb. Equal quantiles merge their bins.
 * @param bins - at the start, 10 as is customary
 * @throws {TooFewObservationsError} below two per bin in the reference, or of no observation
 * @see Siddiqi (2006), "Credit risk scorecards", chapter 9
 */
export function populationStability(reference: ArrayLike<number>, actual: ArrayLike<number>, bins = 10): number {
  requireObservations("population stability index", reference, 2 * bins);
  requireObservations("population stability index", actual, 1);
  const cuts = [...new Set(Array.from({ length: bins - 1 }, (_, i) => quantile(reference, (i + 1) / bins)))];
  const shares = (values: ArrayLike<number>): number[] => {
    const counts = new Array<number>(cuts.length + 1).fill(0.5);
    for (let i = 0; i < values.length; i++) {
      const above = cuts.findIndex((cut) => values[i] <= cut);
      counts[above < 0 ? cuts.length : above]++;
    }
    const total = values.length + 0.5 * counts.length;
    return counts.map((count) => count / total);
  };
  const expected = shares(reference);
  return shares(actual).reduce((sum, share, i) => sum + (share - expected[i]) * Math.log(share / expected[i]), 0);
}

/**
 * Two-sample Kolmogorov–Smirnov test.
 *
 * The p-value counts lattice paths exactly while the product of the sizes is at most 250,000 and no value repeats,
 * and is Stephens's asymptotic one beyond; ties make that one conservative.
 * @throws {TooFewObservationsError} below two observations on a side
 * @see Hodges (1957); Stephens (1970)
 */
export function kolmogorovSmirnov(a: ArrayLike<number>, b: ArrayLike<number>): KolmogorovSmirnov {
  requireObservations("Kolmogorov–Smirnov", a, 2);
  requireObservations("Kolmogorov–Smirnov", b, 2);
  let statistic = 0;
  let steps = 0;
  eachGap(a, b, (difference) => {
    statistic = Math.max(statistic, Math.abs(difference));
    steps++;
  });
  // Each distinct value is a step but for the last, after which both functions are 1.
  const hasTies = steps < a.length + b.length - 1;
  const isExact = !hasTies && a.length * b.length <= EXACT_SIZE;
  const p = isExact ? exactTail(statistic, a.length, b.length) : asymptoticTail(statistic, a.length, b.length);
  return { statistic, p, isExact };
}

/**
 * Wasserstein distance of order 1, ∫|F - G|: the mean distance that mass has to move, in the values' own unit.
 * @returns exact but for rounding
 * @throws {TooFewObservationsError} of no observation
 * @see Vallender (1974), "Calculation of the Wasserstein distance between probability distributions on the line"
 */
export function wasserstein(a: ArrayLike<number>, b: ArrayLike<number>): number {
  requireObservations("Wasserstein distance", a, 1);
  requireObservations("Wasserstein distance", b, 1);
  let sum = 0;
  eachGap(a, b, (difference, width) => (sum += Math.abs(difference) * width));
  return sum;
}

/**
 * Energy distance √(2∫(F - G)²) = √(2E|X - Y| - E|X - X'| - E|Y - Y'|), in the root of the values' unit.
 * @throws {TooFewObservationsError} of no observation
 * @see Székely & Rizzo (2013), "Energy statistics"
 */
export function energyDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  requireObservations("energy distance", a, 1);
  requireObservations("energy distance", b, 1);
  let sum = 0;
  eachGap(a, b, (difference, width) => (sum += difference * difference * width));
  return Math.sqrt(2 * sum);
}

/** Calls `visit` with F - G and the width of each gap between consecutive distinct values of both samples. */
function eachGap(a: ArrayLike<number>, b: ArrayLike<number>, visit: (difference: number, width: number) => void): void {
  const x = Float64Array.from(a).sort();
  const y = Float64Array.from(b).sort();
  let [i, j] = [0, 0];
  while (i < x.length || j < y.length) {
    const at = Math.min(i < x.length ? x[i] : Infinity, j < y.length ? y[j] : Infinity);
    while (i < x.length && x[i] === at) i++;
    while (j < y.length && y[j] === at) j++;
    const next = Math.min(i < x.length ? x[i] : Infinity, j < y.length ? y[j] : Infinity);
    if (next < Infinity) visit(i / x.length - j / y.length, next - at);
  }
}

/** Share of the equally likely orders of two samples whose largest distance is at least `statistic`. */
function exactTail(statistic: number, m: number, n: number): number {
  // Half a step below the next attainable value, so that rounding cannot move the boundary.
  const bound = (0.5 + Math.floor(statistic * m * n - 1e-7)) / (m * n);
  const below = Float64Array.from({ length: n + 1 }, (_, j) => (j / n > bound ? 0 : 1));
  for (let i = 1; i <= m; i++) {
    const weight = i / (i + n);
    below[0] = i / m > bound ? 0 : below[0] * weight;
    for (let j = 1; j <= n; j++) {
      below[j] = Math.abs(i / m - j / n) > bound ? 0 : weight * below[j] + below[j - 1];
    }
  }
  return Math.min(1, Math.max(0, 1 - below[n]));
}

/** Kolmogorov's law at (√e + 0.12 + 0.11/√e) D, e the effective size. */
function asymptoticTail(statistic: number, m: number, n: number): number {
  const root = Math.sqrt((m * n) / (m + n));
  const x = (root + 0.12 + 0.11 / root) * statistic;
  if (x < 0.2) return 1;
  let sum = 0;
  for (let k = 1; k <= 100; k++) {
    const term = Math.exp(-2 * k * k * x * x);
    sum += k % 2 === 1 ? term : -term;
    if (term < 1e-17) break;
  }
  return Math.min(1, Math.max(0, 2 * sum));
}
