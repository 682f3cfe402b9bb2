/** A statistic was asked for with a setting, level or column that it has no meaning for: which, and what is wrong. */
export class StatisticInputError extends Error {
  override readonly name = "StatisticInputError";
  readonly statistic: string;

  constructor(statistic: string, what: string) {
    super(`${statistic}: ${what}`);
    this.statistic = statistic;
  }
}
