import erfc from "@stdlib/math-base-special-erfc";

/**
 * Standard normal distribution function; relative error below 1e-14 down to -37, where it leaves the doubles.
 *
 * Unchecked, for inner loops: NaN for what is no number.
 * @see Cody (1969), "Rational Chebyshev approximations for the error function", through the library's erfc
 */
export function normalCdf(z: number): number {
  return 0.5 * erfc(-z * Math.SQRT1_2);
}

/** Standard normal density, relative error about z² roundings. Unchecked, for inner loops: NaN for what is no number. */
export function normalDensity(z: number): number {
  return INVERSE_SQRT_TWO_PI * Math.exp(-0.5 * z * z);
}

const INVERSE_SQRT_TWO_PI = 0.3989422804014326779;
