import type { Random } from "../random/random.ts";
import { ProcessParameterError, requireSteps } from "./process-parameter-error.ts";
import type { VarianceLaw } from "./variance-step.ts";
import { varianceLaw, varianceQuantile } from "./variance-step.ts";

/** Mean-reverting short rate: dr = κ(θ - r) dt + σ dW (Vasicek) or σ√r dW (Cox–Ingersoll–Ross). */
export interface ShortRateParameters {
  /** Speed of reversion κ, a year, positive. */
  readonly speed: number;
  /** Long-run rate θ, a year. */
  readonly level: number;
  /** σ: of the rate a year (Vasicek), or of its root's doubled (Cox–Ingersoll–Ross). */
  readonly vol: number;
}

/**
 * Vasicek rates after each step, by the exact normal transition; step i draws (i, 0). Rates may be negative.
 * @param stepYears - years of 365 days, positive
 * @throws {ProcessParameterError} of parameters or steps out of range
 * @see Vasicek (1977), "An equilibrium characterization of the term structure"
 */
export function simulateVasicek(
  parameters: ShortRateParameters,
  start: number,
  stepYears: number,
  steps: number,
  random: Random,
): Float64Array {
  requireParameters("Vasicek", parameters, start, -Infinity);
  requireSteps("Vasicek", stepYears, steps);
  const { speed, level, vol } = parameters;
  const decay = Math.exp(-speed * stepYears);
  const deviation = vol * Math.sqrt(-Math.expm1(-2 * speed * stepYears) / (2 * speed));
  let rate = start;
  return new Float64Array(steps).map((_, i) => {
    rate = level + (rate - level) * decay + deviation * random.normal(i, 0);
    return rate;
  });
}

/**
 * Cox–Ingersoll–Ross rates after each step, never negative, with the exact mean and variance of each step by Andersen's
 * quadratic-exponential law; step i draws (i, 0), and the rate never falls when its uniform rises.
 * @param stepYears - years of 365 days, positive
 * @throws {ProcessParameterError} of parameters or steps out of range or a negative rate
 * @see Cox, Ingersoll & Ross (1985); Andersen (2008), section 3.2
 */
export function simulateCoxIngersollRoss(
  parameters: ShortRateParameters,
  start: number,
  stepYears: number,
  steps: number,
  random: Random,
): Float64Array {
  requireParameters("Cox–Ingersoll–Ross", parameters, start, 0);
  requireSteps("Cox–Ingersoll–Ross", stepYears, steps);
  const { speed, level, vol } = parameters;
  const asVariance = { kappa: speed, theta: level, volOfVol: vol, rho: 0, jumpIntensity: 0, jumpMean: 0, jumpSd: 0 };
  const law: VarianceLaw = { mean: 0, isQuadratic: true, scale: 0, shift: 0, zeroProbability: 0, rate: 0 };
  let rate = start;
  return new Float64Array(steps).map((_, i) => {
    varianceLaw(asVariance, rate, stepYears, law);
    rate = varianceQuantile(law, random.uniform(i, 0));
    return rate;
  });
}

/**
 * Price of 1 paid after `years` under Vasicek's model: exp(A - B r), B = (1 - e^(-κT))/κ; relative error below 1e-14 of
 * the exponent's terms.
 * @param rate - today, continuously compounded a year
 * @throws {ProcessParameterError} of parameters or years out of range, or a price that leaves the doubles
 * @see Vasicek (1977), equation 27
 */
export function vasicekBond(parameters: ShortRateParameters, rate: number, years: number): number {
  requireParameters("Vasicek", parameters, rate, -Infinity);
  requireYears("Vasicek", years);
  const { speed, level, vol } = parameters;
  const b = -Math.expm1(-speed * years) / speed;
  const spread = (vol * vol) / (2 * speed * speed);
  const price = Math.exp((level - spread) * (b - years) - (vol * vol * b * b) / (4 * speed) - b * rate);
  if (Number.isFinite(price)) return price;
  throw new ProcessParameterError("Vasicek", `a bond of ${years} years leaves the doubles`);
}

/**
 * Price of 1 paid after `years` under the Cox–Ingersoll–Ross model, within (0, 1]; relative error below 1e-14 of the
 * exponent's terms.
 * @param rate - today, continuously compounded a year, not negative
 * @throws {ProcessParameterError} of parameters or years out of range
 * @see Cox, Ingersoll & Ross (1985), equation 23
 */
export function coxIngersollRossBond(parameters: ShortRateParameters, rate: number, years: number): number {
  requireParameters("Cox–Ingersoll–Ross", parameters, rate, 0);
  requireYears("Cox–Ingersoll–Ross", years);
  const { speed, level, vol } = parameters;
  // γ = √(κ² + 2σ²); written with e^(-γT), which cannot overflow.
  const gamma = Math.sqrt(speed * speed + 2 * vol * vol);
  const grown = -Math.expm1(-gamma * years);
  const base = (gamma + speed) * grown + 2 * gamma * (1 - grown);
  const b = (2 * grown) / base;
  if (vol === 0) return Math.exp(-level * (years - b) - b * rate);
  const logA = Math.log((2 * gamma) / base) + 0.5 * (speed - gamma) * years;
  return Math.exp(((2 * speed * level) / (vol * vol)) * logA - b * rate);
}

/** Beyond this a parameter is in another unit. */
const LARGEST = 1e6;

function requireParameters(process: string, parameters: ShortRateParameters, rate: number, least: number): void {
  const { speed, level, vol } = parameters;
  const isFinite = [speed, level, vol, rate].every((value) => Math.abs(value) <= LARGEST);
  if (isFinite && speed > 0 && vol >= 0 && level >= least && rate >= least) return;
  throw new ProcessParameterError(
    process,
    `needs a positive speed, a vol of at least zero and rates of at least ${least}: ` +
      `speed ${speed}, level ${level}, vol ${vol}, rate ${rate}`,
  );
}

function requireYears(process: string, years: number): void {
  if (!(years >= 0 && years <= 1e3)) throw new ProcessParameterError(process, `a bond of ${years} years`);
}
