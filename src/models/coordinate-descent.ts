import type { NormalEquations } from "./least-squares.ts";

/** A minimum with how far it is from satisfying its optimality conditions. */
export interface LassoSolution {
  readonly coefficients: Float64Array;
  /** Largest violation of the Karush–Kuhn–Tucker conditions, in units of the penalty. */
  readonly violation: number;
}

/**
 * Minimises ½bᵀGb − mᵀb + λ Σ_{i>0} |bᵢ| by cyclic coordinate descent (Friedman, Hastie and Tibshirani 2010).
 * @param start - where to begin: the solution of a larger penalty
 */
export function lassoDescent(
  { gram, moment }: NormalEquations,
  penalty: number,
  start: Float64Array,
  sweeps: number,
  tolerance: number,
): LassoSolution {
  const columns = start.length;
  const entry = (i: number, j: number) => (i > j ? gram[i * columns + j] : gram[j * columns + i]);
  const coefficients = start.slice();
  const gradient = moment.map((value, i) => value - start.reduce((sum, b, j) => sum + entry(i, j) * b, 0));
  let violation = Infinity;
  for (let sweep = 0; sweep < sweeps && violation > tolerance; sweep++) {
    violation = 0;
    for (let i = 0; i < columns; i++) {
      const own = entry(i, i);
      const threshold = i === 0 ? 0 : penalty;
      const pull = gradient[i] + own * coefficients[i];
      const next = (Math.sign(pull) * Math.max(0, Math.abs(pull) - threshold)) / own;
      const step = next - coefficients[i];
      if (step === 0) continue;
      coefficients[i] = next;
      for (let j = 0; j < columns; j++) gradient[j] -= entry(i, j) * step;
    }
    for (let i = 0; i < columns; i++) {
      const threshold = i === 0 ? 0 : penalty;
      const b = coefficients[i];
      const gap =
        b === 0 ? Math.max(0, Math.abs(gradient[i]) - threshold) : Math.abs(gradient[i] - threshold * Math.sign(b));
      violation = Math.max(violation, gap / penalty);
    }
  }
  return { coefficients, violation };
}
