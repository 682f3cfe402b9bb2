import { requireColumns } from "./columns.ts";

/**
 * SABR of a forward: dF = α F^β dW1, dα = ν α dW2, corr(W1, W2) = ρ.
 * @see Hagan, Kumar, Lesniewski & Woodward (2002), "Managing smile risk", equations 2.15
 */
export interface SabrParameters {
  /** Vol today in units of F^(1-β), positive. */
  readonly alpha: number;
  /** Within [0, 1]. */
  readonly beta: number;
  /** Within (-1, 1). */
  readonly rho: number;
  /** Vol of the vol, annualised, not negative. */
  readonly nu: number;
}

/** Parameters or a point for which SABR's expansion has no value. */
export class SabrDomainError extends Error {
  override readonly name = "SabrDomainError";

  constructor(what: string, values: object) {
    super(`SABR needs ${what}: ${JSON.stringify(values)}`);
  }
}

/** |z| below which z/x(z) is taken from its series. */
const SMALL_Z = 1e-6;

/**
 * Black vol by Hagan's lognormal expansion, without later corrections.
 *
 * An expansion in time, not a price: for long tenors and far strikes its density can be negative, and where the
 * bracket 1 + (…)T is not positive there is no vol at all.
 * @param forward - USD, positive
 * @param strike - USD, positive
 * @param years - to expiry, not negative
 * @returns annualised Black vol, 1 = 100 %, the formula's value within a few roundings; how far the formula is from the
 * model is of order (ν²T)²
 * @throws {SabrDomainError} when an input is out of its domain or the expansion is not positive
 * @see Hagan et al. (2002), equation 2.17a
 */
export function sabrVol(parameters: SabrParameters, forward: number, strike: number, years: number): number {
  assertSabr(parameters);
  requirePoint(forward, strike, years);
  const vol = haganVol(parameters, forward, strike, years);
  if (!(vol > 0 && vol < Infinity)) {
    throw new SabrDomainError("a point within its expansion", { ...parameters, forward, strike, years });
  }
  return vol;
}

/**
 * {@link sabrVol} at every strike F e^k of log-moneyness k, the same to the bit, written to `out`; NaN where the
 * expansion has no value.
 * @returns how many are NaN
 * @throws {SabrDomainError} when a parameter, forward, tenor or log-moneyness is out of its domain
 * @throws {ColumnLengthError} when the columns differ in length
 */
export function sabrVols(
  parameters: SabrParameters,
  forward: number,
  years: number,
  logMoneyness: ArrayLike<number>,
  out: Float64Array,
): number {
  assertSabr(parameters);
  requireColumns("sabrVols", out.length, { logMoneyness });
  let missing = 0;
  for (let i = 0; i < out.length; i++) {
    const strike = forward * Math.exp(logMoneyness[i]);
    requirePoint(forward, strike, years);
    const vol = haganVol(parameters, forward, strike, years);
    out[i] = vol > 0 && vol < Infinity ? vol : NaN;
    if (Number.isNaN(out[i])) missing++;
  }
  return missing;
}

function requirePoint(forward: number, strike: number, years: number): void {
  if (forward > 0 && strike > 0 && years >= 0 && forward + strike + years < Infinity) return;
  throw new SabrDomainError("positive prices and time of at least zero", { forward, strike, years });
}

/** @throws {SabrDomainError} naming all parameters */
export function assertSabr(parameters: SabrParameters): void {
  const { alpha, beta, rho, nu } = parameters;
  if (alpha > 0 && alpha < Infinity && beta >= 0 && beta <= 1 && Math.abs(rho) < 1 && nu >= 0 && nu < Infinity) return;
  throw new SabrDomainError("α > 0, β within [0, 1], ρ within (-1, 1), ν ≥ 0", parameters);
}

function haganVol({ alpha, beta, rho, nu }: SabrParameters, forward: number, strike: number, years: number): number {
  const rest = 1 - beta;
  const log = Math.log(forward / strike);
  // (FK)^((1-β)/2)
  const middle = Math.pow(forward * strike, 0.5 * rest);
  const square = rest * rest * log * log;
  const z = (nu / alpha) * middle * log;
  const time =
    ((rest * rest) / 24) * ((alpha * alpha) / (middle * middle)) +
    (0.25 * rho * beta * nu * alpha) / middle +
    ((2 - 3 * rho * rho) / 24) * nu * nu;
  const level = alpha / (middle * (1 + square / 24 + (square * square) / 1920));
  return level * ratio(z, rho) * (1 + time * years);
}

/** z/x(z) with x(z) = ln((√(1 - 2ρz + z²) + z - ρ)/(1 - ρ)). */
function ratio(z: number, rho: number): number {
  if (Math.abs(z) < SMALL_Z) return 1 - 0.5 * rho * z + ((2 - 3 * rho * rho) / 12) * z * z;
  const root = Math.sqrt(1 - 2 * rho * z + z * z);
  const lean = z - rho;
  // Where lean is negative the sum cancels: (root + lean)(root - lean) = 1 - ρ².
  const sum = lean >= 0 ? root + lean : (1 - rho * rho) / (root - lean);
  return z / Math.log(sum / (1 - rho));
}
