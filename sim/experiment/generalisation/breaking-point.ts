import { medianInterval } from "../../../src/statistics/median-interval.ts";
import { quantile } from "../../../src/statistics/moments.ts";
import { censoredMedian } from "../../../src/statistics/turnbull.ts";
import type { CensoredInterval } from "../../../src/statistics/turnbull.ts";
import type { BreakingPoint, Threshold } from "./result.ts";

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
  /** Neighbouring severities between which it lies. */
  readonly within: CensoredInterval;
  /** It falls back under the threshold at a higher severity. */
  readonly reenters: boolean;
}

/** Fewest replicates for the 5 % point. */
const FEWEST_FOR_FIVE_PERCENT = 60;

/**
 * Breaking point over replicates. Within a cell of severities the excess is taken as linear; thresholds beyond the ends
 * stay censored, and the median and its order-statistic interval need only their order.
 * @param severities - ascending; 0 need not be among them
 */
export function breakingPoint(severities: readonly number[], evidence: BreakingEvidence): BreakingPoint {
  const { excess, thresholds, placeboExcess } = evidence;
  const passages = excess.map((curve, i) => firstPassage(severities, curve, thresholds[i], placeboExcess[i]));
  // Ends are mapped to finite numbers outside the range, so that order statistics apply.
  const ordered = passages.map(({ at }) => Math.min(2, Math.max(-1, at)));
  const { median, low, high } = medianInterval(ordered);
  return {
    median: asThreshold(median),
    low: asThreshold(low),
    high: asThreshold(high),
    turnbull: asThreshold(censoredMedian(passages.map(({ within }) => within))),
    ...(passages.length >= FEWEST_FOR_FIVE_PERCENT ? { fivePercent: asThreshold(quantile(ordered, 0.05)) } : {}),
    reentries: passages.filter(({ reenters }) => reenters).length,
    falseBreaks: passages.filter(({ at }) => at === -Infinity).length / passages.length,
    n: passages.length,
  };
}

/** Where a curve of excess by severity first passes `threshold`; at severity 0 the excess is 0 by construction. */
export function firstPassage(
  severities: readonly number[],
  excess: readonly number[],
  threshold: number,
  placeboExcess: number,
): Passage {
  if (placeboExcess > threshold) return { at: -Infinity, within: { low: -Infinity, high: 0 }, reenters: false };
  let previous = 0;
  let previousExcess = 0;
  for (let i = 0; i < severities.length; i++) {
    if (severities[i] === 0) continue;
    if (excess[i] > threshold) {
      const share = (threshold - previousExcess) / (excess[i] - previousExcess);
      return {
        at: previous + share * (severities[i] - previous),
        within: { low: previous, high: severities[i] },
        reenters: excess.slice(i + 1).some((later) => later <= threshold),
      };
    }
    previous = severities[i];
    previousExcess = excess[i];
  }
  return { at: Infinity, within: { low: previous, high: Infinity }, reenters: false };
}

function asThreshold(severity: number): Threshold {
  return severity > 1 ? "> 1" : severity < 0 ? "≤ 0" : severity;
}
