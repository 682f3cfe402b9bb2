/** A statistic was asked for with a setting, level or column that it has no meaning for: which, and what is wrong. */
export class StatisticInputError extends Error {
  override readonly name = "StatisticInputError";
  readonly statistic: string;

  constructor(statistic: string, what: string) {
    super(`${statistic}: ${what}`);
    this.statistic = statistic;
  }
}

/** @throws {StatisticInputError} of a coverage or share that is not strictly between 0 and 1 */
export function requireLevel(statistic: string, level: number): void {
  if (!(level > 0 && level < 1))
    throw new StatisticInputError(statistic, `a level of ${level}, expected within (0, 1)`);
}

/** @throws {StatisticInputError} of what is no whole number from `least` to `most` */
export function requireWhole(statistic: string, what: string, count: number, least: number, most: number): void {
  if (Number.isInteger(count) && count >= least && count <= most) return;
  throw new StatisticInputError(statistic, `${count} ${what}, expected a whole number from ${least} to ${most}`);
}

/** Largest number of resamples or permutations that can be meant. */
export const MOST_RESAMPLES = 1e7;
