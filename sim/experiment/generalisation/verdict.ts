import binomialCdf from "@stdlib/stats-base-dists-binomial-cdf";

import { holm } from "../../../src/statistics/holm.ts";
import { medianInterval } from "../../../src/statistics/median-interval.ts";
import { median, standardDeviation } from "../../../src/statistics/moments.ts";
import { smallestDetectable } from "../../../src/statistics/power.ts";

/** Whether a model failed at the primary severity and age, by the rule fixed beforehand. Vol points. */
export interface Verdict {
  readonly verdict: "broke" | "held" | "not shown";
  /** max(points, multiple × median error on fresh calm). */
  readonly threshold: number;
  /** Sign test of median excess ≤ 0.5 vol point, and the same after Holm over models. */
  readonly pValue: number;
  readonly adjustedPValue: number;
  /** One-sided bounds of the median at the model's Holm level. */
  readonly lower: number;
  readonly upper: number;
}

/** Placebo of one model: 90 % interval of the median of error on calm path A less that on B, vol points. */
export interface Placebo {
  readonly low: number;
  readonly high: number;
  readonly n: number;
  /** "passed" when the interval lies inside ± the smallest gap that is reported; else too few paths to tell. */
  readonly verdict: "passed" | "too-few";
}

/** Power of the primary test, from the spread between these replicates. */
export interface Power {
  readonly sd: number;
  /** Smallest mean excess that a paired t test of these replicates finds in 80 % of repetitions, vol points. */
  readonly smallestDetectable: number;
  /** Share of repetitions in which the sign test would find a median excess as large as the threshold. */
  readonly atThreshold: number;
}

/** Smallest excess that is called more than nothing, vol points. */
export const NEGLIGIBLE = 0.5;
const ALPHA = 0.05;

/** Excess of one model over attainable by replicate, and the model's median error on fresh calm, vol points. */
export interface PrimaryEvidence {
  readonly excess: Float64Array;
  readonly calmError: number;
}

/**
 * Verdicts of a family of models at the primary severity and age, in the order given.
 *
 * *broke*: the lower bound of the median excess exceeds half a vol point after Holm over the models, and the median
 * exceeds max(points, multiple × median calm error). *held*: the upper bound lies under that threshold. Otherwise *not
 * shown*. Bounds are by order statistics, one-sided, at the level that Holm gives the model by its rank.
 */
export function verdicts(family: readonly PrimaryEvidence[], points: number, multiple: number): Verdict[] {
  const pValues = family.map(({ excess }) => signTest(excess, NEGLIGIBLE));
  const adjusted = holm(pValues);
  const order = pValues.map((_, i) => i).sort((a, b) => pValues[a] - pValues[b] || a - b);
  return family.map(({ excess, calmError }, i) => {
    const alpha = ALPHA / (family.length - order.indexOf(i));
    const { low, high } = medianInterval(excess, 1 - 2 * alpha);
    const threshold = Math.max(points, multiple * calmError);
    const isShown = adjusted[i] <= ALPHA && low > NEGLIGIBLE;
    const verdict = isShown && median(excess) > threshold ? "broke" : high < threshold ? "held" : "not shown";
    return { verdict, threshold, pValue: pValues[i], adjustedPValue: adjusted[i], lower: low, upper: high };
  });
}

/** One-sided sign test of median ≤ bound: P(B ≥ number above), B binomial(n, ½). */
export function signTest(values: Float64Array, bound: number): number {
  const above = values.filter((value) => value > bound).length;
  return upperTail(above, values.length);
}

/** P(B ≥ count) for B binomial(n, ½), by symmetry, so that small tails keep their digits. */
function upperTail(count: number, n: number): number {
  return binomialCdf(n - count, n, 0.5);
}

/** Placebo of a model from its errors on two exchangeable calm paths. */
export function placeboOf(differences: Float64Array, smallestReported: number): Placebo {
  const { low, high, n } = medianInterval(differences, 0.9);
  const isInside = low > -smallestReported && high < smallestReported;
  return { low, high, n, verdict: isInside ? "passed" : "too-few" };
}

/** Power of the sign test against a median excess of `threshold`, taking the replicates' own spread about their median. */
export function powerOf(excess: Float64Array, threshold: number, models: number): Power {
  const n = excess.length;
  const centre = median(excess);
  const share = excess.filter((value) => value - centre + threshold > NEGLIGIBLE).length / n;
  let critical = 0;
  while (critical <= n && upperTail(critical, n) > ALPHA / models) critical++;
  const sd = standardDeviation(excess);
  const atThreshold = critical > n ? 0 : critical === 0 ? 1 : 1 - binomialCdf(critical - 1, n, share);
  return { sd, smallestDetectable: smallestDetectable(sd, n), atThreshold };
}
