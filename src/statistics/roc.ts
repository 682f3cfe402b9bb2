import { ranks } from "./spearman.ts";
import { StatisticInputError } from "./statistic-input-error.ts";
import { requireObservations } from "./too-few-observations-error.ts";

/** One threshold of a detector. */
export interface RocPoint {
  /** An alarm is a score of at least this. */
  readonly threshold: number;
  /** Share of negatives with an alarm. */
  readonly falsePositives: number;
  /** Share of positives with an alarm. */
  readonly truePositives: number;
}

/**
 * Receiver operating characteristic: every threshold that matters, from none alarmed (0, 0) to all (1, 1).
 * @param scores - higher means more likely positive
 * @param labels - whether each is positive
 * @returns shares within [0, 1], exact
 * @throws {TooFewObservationsError} of scores that are no numbers
 * @throws {StatisticInputError} unless both classes are there
 * @see Fawcett (2006), "An introduction to ROC analysis", algorithm 1
 */
export function rocCurve(scores: ArrayLike<number>, labels: readonly boolean[]): RocPoint[] {
  const positives = requireClasses(scores, labels);
  const negatives = scores.length - positives;
  const order = Array.from(labels, (_, i) => i).sort((a, b) => scores[b] - scores[a]);
  const curve: RocPoint[] = [{ threshold: Infinity, falsePositives: 0, truePositives: 0 }];
  let [hits, misses] = [0, 0];
  order.forEach((at, i) => {
    if (labels[at]) hits++;
    else misses++;
    const isLastOfTies = i + 1 === order.length || scores[order[i + 1]] < scores[at];
    if (!isLastOfTies) return;
    curve.push({ threshold: scores[at], falsePositives: misses / negatives, truePositives: hits / positives });
  });
  return curve;
}

/**
 * Area under the curve: the chance that a positive scores above a negative, ties counting half (Mann & Whitney's U).
 * @returns within [0, 1], exact but for rounding
 * @throws as {@link rocCurve}
 * @see Hanley & McNeil (1982)
 */
export function rocArea(scores: ArrayLike<number>, labels: readonly boolean[]): number {
  const positives = requireClasses(scores, labels);
  const rank = ranks(scores);
  const sum = labels.reduce((total, isPositive, i) => total + (isPositive ? rank[i] : 0), 0);
  return (sum - (positives * (positives + 1)) / 2) / (positives * (scores.length - positives));
}

/**
 * Highest share of positives found by any threshold whose false alarms do not exceed `rate`; 0 of no such threshold.
 * @param rate - largest share of false alarms, at least 0
 * @throws {StatisticInputError} of a rate or a point that is no share
 */
export function truePositivesAt(curve: readonly RocPoint[], rate: number): number {
  const isShare = (share: number): boolean => share >= 0 && share <= 1;
  const bad = curve.findIndex((point) => !isShare(point.falsePositives) || !isShare(point.truePositives));
  if (bad >= 0 || !(rate >= 0)) {
    throw new StatisticInputError(
      "receiver operating characteristic",
      bad >= 0 ? `point ${bad} of the curve has no shares` : `a rate of ${rate}`,
    );
  }
  return Math.max(
    0,
    ...curve.filter(({ falsePositives }) => falsePositives <= rate).map(({ truePositives }) => truePositives),
  );
}

function requireClasses(scores: ArrayLike<number>, labels: readonly boolean[]): number {
  requireObservations("receiver operating characteristic", scores, 2);
  const positives = labels.filter(Boolean).length;
  if (labels.length === scores.length && positives > 0 && positives < labels.length) return positives;
  throw new StatisticInputError(
    "receiver operating characteristic",
    `${positives} positives among ${labels.length} labels of ${scores.length} scores, expected both classes`,
  );
}
