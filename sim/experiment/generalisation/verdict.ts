import binomialCdf from "@stdlib/stats-base-dists-binomial-cdf";

import { holm } from "../../../src/statistics/holm.ts";
import { medianInterval } from "../../../src/statistics/median-interval.ts";
import { median, standardDeviation } from "../../../src/statistics/moments.ts";
import { smallestDetectable } from "../../../src/statistics/power.ts";
import type { Placebo, Power, Verdict } from "./result.ts";
import { spreadOf } from "./spread.ts";

/** Smallest excess that is called more than nothing, vol points. */
const NEGLIGIBLE = 0.5;
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
    const bounds = { lower: low, upper: high, level: 1 - alpha };
    return { verdict, excess: spreadOf(excess), threshold, pValue: pValues[i], adjustedPValue: adjusted[i], ...bounds };
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
  const { median: centre, low, high } = medianInterval(differences, 0.9);
  const isInside = low > -smallestReported && high < smallestReported;
  return {
    median: centre,
    low,
    high,
    smallestReported,
    outcome: isInside ? "passed" : "too few paths to tell",
  };
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
