/**
 * Parameters of Bates's model at zero rates, the variance itself being the state:
 * dS/S = √v dW1 + (e^J - 1) dN - λm dt, dv = κ(θ - v) dt + σ √v dW2, corr(W1, W2) = ρ, J normal.
 *
 * Heston has no jumps, Merton no vol of vol and v = θ, Black–Scholes neither.
 * @see Bates (1996), "Jumps and stochastic volatility", Review of Financial Studies 9, equations 1–3
 */
export interface BatesParameters {
  /** Speed of mean reversion κ, a year. */
  readonly kappa: number;
  /** Long-run variance θ, annualised. */
  readonly theta: number;
  /** Vol of the variance σ, annualised. */
  readonly volOfVol: number;
  /** Correlation ρ of price and variance. */
  readonly rho: number;
  /** Jumps a year, λ. */
  readonly jumpIntensity: number;
  /** Mean of the *log* jump. */
  readonly jumpMean: number;
  /** Standard deviation of the log jump. */
  readonly jumpSd: number;
}

/** A parameter out of its range. */
export class BatesParameterError extends Error {
  override readonly name = "BatesParameterError";
  readonly parameter: string;
  readonly value: number;

  constructor(parameter: string, value: number, range: string) {
    super(`${parameter} of a Bates model is ${range}, got ${value}`);
    this.parameter = parameter;
    this.value = value;
  }
}

/** Beyond this a parameter is in another unit. */
const LARGEST = 1e6;

/** @throws {BatesParameterError} naming the first parameter out of its range */
export function assertBatesParameters(parameters: BatesParameters): void {
  const { kappa, theta, volOfVol, rho, jumpIntensity, jumpMean, jumpSd } = parameters;
  const check = (name: string, value: number, isFine: boolean, range: string): void => {
    if (!isFine || !Number.isFinite(value)) throw new BatesParameterError(name, value, range);
  };
  check("kappa", kappa, kappa > 0 && kappa <= LARGEST, "within (0, 1e6]");
  check("theta", theta, theta >= 0 && theta <= LARGEST, "within [0, 1e6]");
  check("volOfVol", volOfVol, volOfVol >= 0 && volOfVol <= LARGEST, "within [0, 1e6]");
  check("rho", rho, rho >= -1 && rho <= 1, "within [-1, 1]");
  check("jumpIntensity", jumpIntensity, jumpIntensity >= 0 && jumpIntensity <= LARGEST, "within [0, 1e6]");
  check("jumpMean", jumpMean, Math.abs(jumpMean) <= 10, "within [-10, 10]");
  check("jumpSd", jumpSd, jumpSd >= 0 && jumpSd <= 10, "within [0, 10]");
}

/**
 * Mean of the simple jump, E[e^J] - 1: the drift that compensates one jump. Unchecked, for inner loops.
 * @see Merton (1976), section 2
 */
export function meanSimpleJump(parameters: BatesParameters): number {
  return Math.expm1(parameters.jumpMean + 0.5 * parameters.jumpSd ** 2);
}
