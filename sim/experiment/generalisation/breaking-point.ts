import { clopperPearson } from "../../../src/statistics/binomial-interval.ts";
import { medianInterval } from "../../../src/statistics/median-interval.ts";
import { quantile } from "../../../src/statistics/moments.ts";
import type { BreakingPoint } from "../../results/generalisation.ts";

/** What a breaking point is sought from, by replicate. */
export interface BreakingEvidence {
  /** Excess over attainable by severity, vol points. */
  readonly excess: readonly (readonly number[])[];
  /** Each replicate's own threshold. */
  readonly thresholds: readonly number[];
  /** Excess between two exchangeable calm paths. */
  readonly placeboExcess: readonly number[];
}

/** First passage of one replicate. */
export interface Passage {
  /** Interpolated severity; −Infinity when calm already breaks, Infinity when no severity does. */
  readonly at: number;
  /** It falls back under the threshold at a higher severity. */
  readonly reenters: boolean;
}

/** Fewest replicates for the 5 % point. */
const FEWEST_FOR_FIVE_PERCENT = 60;

/**
 * Breaking point over replicates. Between neighbouring severities the excess is taken as linear, so that thresholds are
 * exact or censored at an end; the median of Turnbull's estimate is then the ordinary one, and its order-statistic
 * interval needs only the order.
 * @param severities - ascending; 0 need not be among them
 */
export function breakingPoint(severities: readonly number[], evidence: BreakingEvidence): BreakingPoint {
  const { excess, thresholds, placeboExcess } = evidence;
  const passages = excess.map((curve, i) => firstPassage(severities, curve, thresholds[i], placeboExcess[i]));
  // Ends are mapped to finite numbers outside the range, so that order statistics apply.
  const ordered = passages.map(({ at }) => Math.min(2, Math.max(-1, at)));
  const { median, low, high } = medianInterval(ordered);
  const falseBreaks = clopperPearson(passages.filter(({ at }) => at === -Infinity).length, passages.length);
  return {
    median: insideRange(median),
    low: insideRange(low),
    high: insideRange(high),
    censored: median > 1 ? "above-1" : median < 0 ? "at-or-below-0" : "none",
    seeds: passages.length,
    reentries: passages.filter(({ reenters }) => reenters).length,
    falseBreakRate: falseBreaks.rate,
    falseBreakLow: falseBreaks.low,
    falseBreakHigh: falseBreaks.high,
    ...(passages.length >= FEWEST_FOR_FIVE_PERCENT ? { fivePercent: insideRange(quantile(ordered, 0.05)) } : {}),
  };
}

/** Where a curve of excess by severity first passes `threshold`; at severity 0 the excess is 0 by construction. */
export function firstPassage(
  severities: readonly number[],
  excess: readonly number[],
  threshold: number,
  placeboExcess: number,
): Passage {
  if (placeboExcess > threshold) return { at: -Infinity, reenters: false };
  let previous = 0;
  let previousExcess = 0;
  for (let i = 0; i < severities.length; i++) {
    if (severities[i] === 0) continue;
    if (excess[i] > threshold) {
      const share = (threshold - previousExcess) / (excess[i] - previousExcess);
      return {
        at: previous + share * (severities[i] - previous),
        reenters: excess.slice(i + 1).some((later) => later <= threshold),
      };
    }
    previous = severities[i];
    previousExcess = excess[i];
  }
  return { at: Infinity, reenters: false };
}

/** The severity, or null where it is only known to lie beyond an end. */
function insideRange(severity: number): number | null {
  return severity >= 0 && severity <= 1 ? severity : null;
}
