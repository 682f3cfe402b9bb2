import { quantile } from "../../../../src/statistics/moments.ts";
import { alarmSpells, type AlarmTerms } from "./alarm-spells.ts";

/** A statistic over a span of calm. */
export interface CalmPath {
  readonly times: Float64Array;
  readonly statistic: Float64Array;
}

const BISECTIONS = 40;

/** Alarms that calm paths raise, and the seconds that they were watched. */
export function falseAlarms(paths: readonly CalmPath[], threshold: number, terms: AlarmTerms) {
  let [alarms, seconds] = [0, 0];
  for (const { times, statistic } of paths) {
    alarms += alarmSpells(times, statistic, threshold, terms).length;
    seconds += times[times.length - 1] - times[0];
  }
  return { alarms, seconds };
}

/**
 * The smallest threshold at which calm raises an alarm every `runLength` seconds on average or more seldom; Infinity where
 * even the largest value of the statistic is passed more often.
 */
export function thresholdFor(paths: readonly CalmPath[], runLength: number, terms: AlarmTerms): number {
  const isSeldom = (threshold: number) => {
    const { alarms, seconds } = falseAlarms(paths, threshold, terms);
    return alarms * runLength <= seconds;
  };
  const values = paths.flatMap(({ statistic }) => Array.from(statistic));
  let [low, high] = [quantile(values, 0.5), quantile(values, 1)];
  if (!isSeldom(high * (1 - 1e-9))) return Infinity;
  for (let i = 0; i < BISECTIONS; i++) {
    const middle = (low + high) / 2;
    if (isSeldom(middle)) high = middle;
    else low = middle;
  }
  return high;
}
