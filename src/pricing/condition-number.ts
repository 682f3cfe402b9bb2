import { Matrix, SingularValueDecomposition } from "ml-matrix";

/** Ratio of the extreme singular values of a matrix given by rows; Infinity when the least is zero. */
export function conditionOf(rows: readonly (readonly number[])[]): number {
  const values = new SingularValueDecomposition(new Matrix(rows.map((row) => [...row])), {
    computeLeftSingularVectors: false,
    computeRightSingularVectors: false,
    autoTranspose: true,
  }).diagonal;
  const least = values[values.length - 1];
  return least > 0 ? values[0] / least : Infinity;
}
