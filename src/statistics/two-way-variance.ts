import { StatisticInputError } from "./statistic-input-error.ts";

/** Variances of a crossed design: value(i, j) = mean + row(i) + column(j) + rest(i, j), all independent. */
export interface TwoWayVariance {
  readonly rows: number;
  readonly columns: number;
  /** Interaction and noise, which one value a cell cannot tell apart. */
  readonly rest: number;
  /** Standard error of the grand mean over fresh rows and columns. */
  readonly standardError: number;
}

/**
 * Variance components of a two-way random-effects layout with one value a cell, by the expected mean squares of the
 * analysis of variance (Searle, Casella & McCulloch, Variance Components, 1992, 4.3). A component whose estimate is
 * negative is zero.
 *
 * @param values - by row, then by column; at least 2 × 2
 * @returns in the values' unit squared, the standard error in their unit; unbiased but where it is cut at zero
 * @throws {StatisticInputError} when the layout is smaller, ragged or holds what is no number
 */
export function twoWayVariance(values: readonly (readonly number[])[]): TwoWayVariance {
  const rowCount = values.length;
  const columnCount = values[0]?.length ?? 0;
  const fail = (what: string): never => {
    throw new StatisticInputError("two-way variance", what);
  };
  if (rowCount < 2 || columnCount < 2) fail(`${rowCount} × ${columnCount} values, at least 2 × 2 are needed`);
  if (values.some((row) => row.length !== columnCount)) fail("rows differ in length");
  if (values.flat().some((value) => !Number.isFinite(value))) fail("a value is not finite");

  const average = (numbers: readonly number[]) => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  const rowMeans = values.map(average);
  const columnMeans = values[0].map((_, j) => average(values.map((row) => row[j])));
  const grand = average(rowMeans);
  const squares = (means: readonly number[]) => means.reduce((sum, value) => sum + (value - grand) ** 2, 0);
  const rowMeanSquare = (columnCount * squares(rowMeans)) / (rowCount - 1);
  const columnMeanSquare = (rowCount * squares(columnMeans)) / (columnCount - 1);
  let restSquares = 0;
  values.forEach((row, i) =>
    row.forEach((value, j) => (restSquares += (value - rowMeans[i] - columnMeans[j] + grand) ** 2)),
  );
  const rest = restSquares / ((rowCount - 1) * (columnCount - 1));
  const rows = Math.max(0, (rowMeanSquare - rest) / columnCount);
  const columns = Math.max(0, (columnMeanSquare - rest) / rowCount);
  const standardError = Math.sqrt(rows / rowCount + columns / columnCount + rest / (rowCount * columnCount));
  return { rows, columns, rest, standardError };
}
