import { CholeskyDecomposition, Matrix } from "ml-matrix";

import type { Random } from "../random/random.ts";
import { ProcessParameterError, requireSteps } from "./process-parameter-error.ts";

/** Correlations of the assets' shocks, by rows. */
export type Correlations = readonly (readonly number[])[];

/**
 * Lower factor L of a correlation matrix, C = L Lᵀ, through which independent normals become correlated ones.
 * @returns without unit; L Lᵀ is C within a few roundings
 * @throws {ProcessParameterError} naming the entry, or when no shocks have these correlations together
 * @see Golub & Van Loan (2013), "Matrix computations", on Cholesky's factor
 */
export function correlationFactor(correlations: Correlations): number[][] {
  requireCorrelations(correlations);
  const decomposition = new CholeskyDecomposition(new Matrix(correlations.map((row) => [...row])));
  if (!decomposition.isPositiveDefinite()) {
    throw new ProcessParameterError("correlated assets", "no shocks have these correlations together (not definite)");
  }
  return decomposition.lowerTriangularMatrix.to2DArray();
}

/**
 * Correlations moved by `share` towards all assets falling as one: (1 - s) C + s. Positive definite for s < 1 when C
 * is, so that a severity can move it.
 * @returns exact but for rounding
 * @throws {ProcessParameterError} of a share outside [0, 1) or a matrix that is none
 */
export function tightenedCorrelations(correlations: Correlations, share: number): number[][] {
  requireCorrelations(correlations);
  if (!(share >= 0 && share < 1)) throw new ProcessParameterError("correlated assets", `share ${share} outside [0, 1)`);
  return correlations.map((row, i) => row.map((entry, j) => (i === j ? 1 : entry + share * (1 - entry))));
}

/**
 * Log returns of several martingales with constant vols and correlated shocks: one column per asset, -σ²dt/2 + σ√dt z.
 *
 * Asset j draws (i, j) at step i; its own shock does not change when assets are added after it.
 * @param vols - annualised, one per asset
 * @param stepYears - years of 365 days, positive
 * @returns exact draws: means, vols and correlations have no discretisation error
 * @throws {ProcessParameterError} of vols, correlations or steps that are none
 * @see Glasserman (2003), "Monte Carlo methods in financial engineering", 2.3.3 and 3.2.3
 */
export function correlatedReturns(
  vols: readonly number[],
  correlations: Correlations,
  stepYears: number,
  steps: number,
  random: Random,
): Float64Array[] {
  requireSteps("correlated assets", stepYears, steps);
  const factor = correlationFactor(correlations);
  if (vols.length !== factor.length || !vols.every((vol) => vol >= 0 && vol <= LARGEST_VOL)) {
    throw new ProcessParameterError("correlated assets", `vols ${vols.join(", ")} for ${factor.length} assets`);
  }
  const shocks = new Float64Array(vols.length);
  const columns = vols.map(() => new Float64Array(steps));
  for (let i = 0; i < steps; i++) {
    for (let j = 0; j < shocks.length; j++) shocks[j] = random.normal(i, j);
    columns.forEach((column, j) => {
      let shock = 0;
      for (let k = 0; k <= j; k++) shock += factor[j][k] * shocks[k];
      const deviation = vols[j] * Math.sqrt(stepYears);
      column[i] = -0.5 * deviation * deviation + deviation * shock;
    });
  }
  return columns;
}

const LARGEST_VOL = 1e3;

function requireCorrelations(correlations: Correlations): void {
  if (correlations.length === 0) throw new ProcessParameterError("correlated assets", "there are none");
  correlations.forEach((row, i) => {
    if (row.length !== correlations.length) {
      throw new ProcessParameterError("correlated assets", `row ${i} has ${row.length} correlations`);
    }
    row.forEach((entry, j) => {
      const isFine = i === j ? entry === 1 : Math.abs(entry) <= 1 && entry === correlations[j]?.[i];
      if (!isFine) throw new ProcessParameterError("correlated assets", `correlation ${entry} of ${i} and ${j}`);
    });
  });
}
