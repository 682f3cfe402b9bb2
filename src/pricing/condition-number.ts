import { Matrix, SingularValueDecomposition } from "ml-matrix";

import { CalibrationInputError } from "./calibration-input-error.ts";

/**
 * Ratio of the extreme singular values of a matrix given by rows, at least 1; Infinity when the least is zero, the matrix
 * is empty or holds what is no number. Good to the ratio's own share of 1e-16.
 * @throws {CalibrationInputError} of rows of different lengths
 * @see Golub & Van Loan (2013), "Matrix computations", on condition
 */
export function conditionOf(rows: readonly (readonly number[])[]): number {
  rows.forEach((row, i) => {
    if (row.length === rows[0].length) return;
    throw new CalibrationInputError("a condition number", `${row.length} entries of ${rows[0].length}`, `row ${i}`);
  });
  if (rows.length === 0 || rows[0].length === 0 || rows.some((row) => !row.every(Number.isFinite))) return Infinity;
  const values = new SingularValueDecomposition(new Matrix(rows.map((row) => [...row])), {
    computeLeftSingularVectors: false,
    computeRightSingularVectors: false,
    autoTranspose: true,
  }).diagonal;
  const least = values[values.length - 1];
  const ratio = values[0] / least;
  return ratio >= 1 ? ratio : Infinity;
}
