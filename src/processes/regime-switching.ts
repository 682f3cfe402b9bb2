import { inverse, Matrix } from "ml-matrix";

import type { Random } from "../random/random.ts";
import { ProcessParameterError, requireSteps } from "./process-parameter-error.ts";

/** Rates of change between regimes, a year: entry [i][j] from i to j; the diagonal is not read. */
export type SwitchingRates = readonly (readonly number[])[];

/**
 * Chances of being in j after `years` when in i now, exp(Q t) by uniformisation: all terms are positive, so that rows
 * are distributions to rounding; entries within 1e-14.
 * @param years - of 365 days, not negative
 * @throws {ProcessParameterError} of rates that are no square matrix or negative
 * @see Jensen (1953); Stewart (1994), "Introduction to the numerical solution of Markov chains", 8.1
 */
export function transitionMatrix(rates: SwitchingRates, years: number): number[][] {
  requireRates(rates);
  if (!(years >= 0 && years < Infinity)) throw new ProcessParameterError("regime switching", `${years} years`);
  const leaving = rates.map((row, i) => row.reduce((sum, rate, j) => (i === j ? sum : sum + rate), 0));
  // Halve the time until one Poisson series is short, then square back.
  const fastest = Math.max(...leaving);
  const halvings = Math.max(0, Math.ceil(Math.log2(Math.max(fastest * years, 1))));
  const mean = (fastest * years) / 2 ** halvings;
  let result = Matrix.eye(rates.length).mul(Math.exp(-mean));
  if (mean > 0) {
    const step = new Matrix(
      rates.map((row, i) => row.map((rate, j) => (i === j ? 1 - leaving[i] / fastest : rate / fastest))),
    );
    let power = Matrix.eye(rates.length);
    let weight = Math.exp(-mean);
    for (let n = 1; weight > 1e-18; n++) {
      power = power.mmul(step);
      weight *= mean / n;
      result = Matrix.add(result, Matrix.mul(power, weight));
    }
  }
  // A row's error doubles with each squaring, so that it is taken out each time.
  let rows = normalised(result);
  for (let i = 0; i < halvings; i++) rows = normalised(new Matrix(rows).mmul(new Matrix(rows)));
  return rows;
}

function normalised(matrix: Matrix): number[][] {
  return matrix.to2DArray().map((row) => {
    const total = row.reduce((sum, share) => sum + share, 0);
    return row.map((share) => share / total);
  });
}

/**
 * Long-run share of time in each regime, π with π Q = 0 and Σ π = 1.
 * @returns within 1e-12 of the shares
 * @throws {ProcessParameterError} of rates that are none, or of a chain that falls apart
 * @see Norris (1997), "Markov chains", on invariant distributions
 */
export function stationaryShares(rates: SwitchingRates): number[] {
  requireRates(rates);
  const size = rates.length;
  // π Q = 0 with the last equation replaced by Σ π = 1.
  const system = new Matrix(size, size);
  for (let j = 0; j < size - 1; j++) {
    for (let i = 0; i < size; i++) {
      const leaving = rates[i].reduce((sum, rate, k) => (k === i ? sum : sum + rate), 0);
      system.set(j, i, i === j ? -leaving : rates[i][j]);
    }
  }
  for (let i = 0; i < size; i++) system.set(size - 1, i, 1);
  try {
    const shares = inverse(system).getColumn(size - 1);
    if (shares.every((share) => Number.isFinite(share) && share >= -1e-12)) return shares.map((s) => Math.max(0, s));
  } catch {
    // Falls through: singular, as is a chain in parts that do not meet.
  }
  throw new ProcessParameterError("regime switching", "regimes cannot all be reached from each other");
}

/**
 * Regime in force during each step, the first in `start`; the change after step i draws (i, 0), so that regimes are the
 * same whatever else a path draws.
 * @param stepYears - years of 365 days, positive
 * @returns exact draws of the chain at the steps
 * @throws {ProcessParameterError} of rates or steps that are none or a start that is no regime
 * @see Norris (1997), "Markov chains", on chains in continuous time
 */
export function simulateRegimes(
  rates: SwitchingRates,
  start: number,
  stepYears: number,
  steps: number,
  random: Random,
): Uint8Array {
  requireSteps("regime switching", stepYears, steps);
  const matrix = transitionMatrix(rates, stepYears);
  if (!(Number.isInteger(start) && start >= 0 && start < rates.length)) {
    throw new ProcessParameterError("regime switching", `start ${start} of ${rates.length} regimes`);
  }
  const regimes = new Uint8Array(steps);
  let regime = start;
  for (let i = 0; i < steps; i++) {
    regimes[i] = regime;
    const u = random.uniform(i, 0);
    const row = matrix[regime];
    let below = 0;
    let next = 0;
    while (next < row.length - 1 && u >= (below += row[next])) next++;
    regime = next;
  }
  return regimes;
}

/**
 * Log returns of a martingale whose vol is that of the regime: -σ²dt/2 + σ√dt z; step i draws (i, 1).
 * @param vols - annualised, one per regime
 * @param stepYears - years of 365 days, positive
 * @returns exact draws given the regimes
 * @throws {ProcessParameterError} of a vol or step that is none
 * @see Hamilton (1989), "A new approach to the economic analysis of nonstationary time series"
 */
export function switchingReturns(
  regimes: Uint8Array,
  vols: readonly number[],
  stepYears: number,
  random: Random,
): Float64Array {
  requireSteps("regime switching", stepYears, regimes.length);
  vols.forEach((vol, i) => {
    if (!(vol >= 0 && vol <= LARGEST_VOL))
      throw new ProcessParameterError("regime switching", `vol ${vol} of regime ${i}`);
  });
  return Float64Array.from(regimes, (regime, i) => {
    if (regime >= vols.length) throw new ProcessParameterError("regime switching", `no vol for regime ${regime}`);
    const deviation = vols[regime] * Math.sqrt(stepYears);
    return -0.5 * deviation * deviation + deviation * random.normal(i, 1);
  });
}

const LARGEST_VOL = 1e3;
/** A regime left this often a year is no regime. */
const LARGEST_RATE = 1e9;

function requireRates(rates: SwitchingRates): void {
  const size = rates.length;
  if (!(size >= 2 && size <= 255)) throw new ProcessParameterError("regime switching", `${size} regimes`);
  rates.forEach((row, i) => {
    if (row.length !== size) throw new ProcessParameterError("regime switching", `row ${i} has ${row.length} rates`);
    row.forEach((rate, j) => {
      if (i !== j && !(rate >= 0 && rate <= LARGEST_RATE)) {
        throw new ProcessParameterError("regime switching", `rate ${rate} from ${i} to ${j}`);
      }
    });
  });
}
