import type { FeatureName, FeatureTable } from "./pricing-model.ts";

/** Features of the polynomial models, before they are standardised by their calm mean and sd. */
export const polynomialFeatures = ["k/√τ", "√τ", "shortVol", "longVol"] as const;

/** Columns of the feature table that they are made of. */
export const polynomialUses: readonly FeatureName[] = ["logMoneyness", "years", "shortVol", "longVol"];

export const POLYNOMIAL_DEGREE = 5;

const VARIABLES = polynomialFeatures.length;

/** Exponents of the products of a design, the constant first. */
export type Terms = readonly (readonly number[])[];

/** Position of √τ among the features. */
const TENOR = 1;

/**
 * All products of total degree up to five: 126, less those in a power of √τ that the training tenors cannot tell from
 * lower ones (five tenors tell powers up to the fourth: 125 terms).
 */
export function polynomialTerms(distinctTenors: number): Terms {
  return exponents(VARIABLES, POLYNOMIAL_DEGREE).filter((term) => term[TENOR] < distinctTenors);
}

function exponents(variables: number, degree: number): number[][] {
  if (variables === 0) return [[]];
  const terms: number[][] = [];
  for (let first = 0; first <= degree; first++) {
    for (const rest of exponents(variables - 1, degree - first)) terms.push([first, ...rest]);
  }
  return terms.sort((a, b) => total(a) - total(b));
}

function total(exponent: readonly number[]): number {
  return exponent.reduce((sum, e) => sum + e, 0);
}

/** Calm mean and standard deviation of each feature. */
export interface Scaler {
  readonly mean: readonly number[];
  readonly sd: readonly number[];
}

/** The four features of each row, row after row. */
export function polynomialInputs(at: FeatureTable): Float64Array {
  const inputs = new Float64Array(at.count * VARIABLES);
  for (let row = 0; row < at.count; row++) {
    const rootYears = Math.sqrt(at.years[row]);
    inputs[row * VARIABLES] = at.logMoneyness[row] / rootYears;
    inputs[row * VARIABLES + 1] = rootYears;
    inputs[row * VARIABLES + 2] = at.shortVol[row];
    inputs[row * VARIABLES + 3] = at.longVol[row];
  }
  return inputs;
}

/** Scaler of the inputs of `count` rows. */
export function fitScaler(inputs: Float64Array, count: number): Scaler {
  const mean = new Array<number>(VARIABLES).fill(0);
  const square = new Array<number>(VARIABLES).fill(0);
  for (let i = 0; i < count * VARIABLES; i++) mean[i % VARIABLES] += inputs[i] / count;
  for (let i = 0; i < count * VARIABLES; i++) square[i % VARIABLES] += (inputs[i] - mean[i % VARIABLES]) ** 2 / count;
  return { mean, sd: square.map(Math.sqrt) };
}

/**
 * Normalised Hermite polynomials Heₙ(z)/√n!, n = 0 … 5, of the four standardised features of each row. Their products
 * span the same space as the monomials, and are nearly orthogonal in calm, which keeps the fit well conditioned.
 */
export function hermiteTable(inputs: Float64Array, count: number, { mean, sd }: Scaler): Float64Array {
  const table = new Float64Array(count * VARIABLES * (POLYNOMIAL_DEGREE + 1));
  for (let i = 0; i < count * VARIABLES; i++) {
    const variable = i % VARIABLES;
    setHermite(table, i * (POLYNOMIAL_DEGREE + 1), (inputs[i] - mean[variable]) / sd[variable]);
  }
  return table;
}

/** Rows of the design: the products of Hermite values that `terms` name. */
export function polynomialRows(hermite: Float64Array, count: number, terms: Terms): Float64Array {
  const columns = terms.length;
  const width = VARIABLES * (POLYNOMIAL_DEGREE + 1);
  const rows = new Float64Array(count * columns);
  // Position of each term's four factors in the table of a row.
  const factors = Int32Array.from(terms.flatMap((term) => term.map((e, v) => v * (POLYNOMIAL_DEGREE + 1) + e)));
  for (let row = 0; row < count; row++) {
    const at = row * width;
    for (let t = 0, f = 0; t < columns; t++, f += VARIABLES) {
      rows[row * columns + t] =
        hermite[at + factors[f]] *
        hermite[at + factors[f + 1]] *
        hermite[at + factors[f + 2]] *
        hermite[at + factors[f + 3]];
    }
  }
  return rows;
}

/** Heₙ(z)/√n! by √(n+1) hₙ₊₁ = z hₙ − √n hₙ₋₁. */
function setHermite(values: Float64Array, offset: number, z: number): void {
  values[offset] = 1;
  values[offset + 1] = z;
  for (let n = 1; n < POLYNOMIAL_DEGREE; n++) {
    values[offset + n + 1] = (z * values[offset + n] - Math.sqrt(n) * values[offset + n - 1]) / Math.sqrt(n + 1);
  }
}
