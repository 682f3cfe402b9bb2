import type { BatesParameters } from "./bates-parameters.ts";
import { assertBatesParameters, meanSimpleJump } from "./bates-parameters.ts";
import { PricingDomainError } from "./black-scholes.ts";
import type { Complex } from "./complex.ts";
import { add, complex, divide, exp, logOnePlus, multiply, scale, squareRoot, subtract } from "./complex.ts";
import { integrate } from "./gauss-kronrod.ts";
import { impliedVol } from "./implied-vol.ts";

/** Below this the variance is as good as deterministic, and its square leaves the doubles. */
const SMALLEST_VOL_OF_VOL = 1e-8;
/** Absolute error of an integral, in units of the forward. */
const TOLERANCE = 1e-12;

/**
 * Price over the forward of a European option under Bates's model, by Lewis's single integral and adaptive quadrature.
 *
 * It shares neither transform nor quadrature with `BatesPricer` and is what that is checked against; it takes about a
 * millisecond. Absolute error below 1e-11 of the forward.
 * @param variance - today's annualised variance
 * @param years - to expiry, years of 365 days, positive
 * @param logMoneyness - ln(strike / forward)
 * @throws {BatesParameterError} when a parameter is out of its range
 * @throws {PricingDomainError} when variance, years or log-moneyness is out of its domain
 * @throws {QuadratureError} when the integral does not settle
 * @see Lewis (2001), "A simple option formula for general jump-diffusion and other exponential Lévy processes", eq. 3.11
 */
export function lewisPrice(
  parameters: BatesParameters,
  variance: number,
  years: number,
  logMoneyness: number,
  isCall: boolean,
): number {
  assertBatesParameters(parameters);
  if (!(variance >= 0 && years > 0 && variance < Infinity && years < Infinity)) {
    throw new PricingDomainError("Bates prices need a variance of at least zero and time left", { variance, years });
  }
  if (!(Math.abs(logMoneyness) <= 100)) {
    throw new PricingDomainError("Bates prices need a log-moneyness within ±100", { logMoneyness });
  }
  // Integrand of C/F = 1 - √(K/F)/π ∫ Re(e^(-iuk) φ(u - i/2))/(u² + 1/4) du.
  const integrand = (u: number): number => {
    const transform = exp(subtract(logCharacteristic(parameters, variance, years, u), complex(0, u * logMoneyness)));
    return transform.re / (u * u + 0.25);
  };
  let end = 16;
  while (logCharacteristic(parameters, variance, years, end).re - 2 * Math.log(end) > Math.log(TOLERANCE / 1e3)) {
    end *= 1.5;
  }
  const integral = integrate(integrand, 0, end, TOLERANCE);
  const call = 1 - (Math.exp(0.5 * logMoneyness) / Math.PI) * integral;
  return Math.max(0, isCall ? call : call + Math.expm1(logMoneyness));
}

/**
 * Implied vol from the out-of-the-money {@link lewisPrice}.
 * @throws {NoImpliedVolError} when that price is below the integral's resolution
 */
export function lewisImpliedVol(
  parameters: BatesParameters,
  variance: number,
  years: number,
  logMoneyness: number,
): number {
  const isCall = logMoneyness > 0;
  const price = lewisPrice(parameters, variance, years, logMoneyness, isCall);
  return impliedVol(isCall, price, 1, Math.exp(logMoneyness), years);
}

/** ln φ(u - i/2) of ln(S_T/F): the model's diffusion part plus its jumps. */
function logCharacteristic(parameters: BatesParameters, variance: number, years: number, u: number): Complex {
  // p = i(u - i/2) = 1/2 + iu.
  const p = complex(0.5, u);
  const { jumpIntensity, jumpMean, jumpSd } = parameters;
  const jump = exp(add(scale(p, jumpMean), scale(multiply(p, p), 0.5 * jumpSd * jumpSd)));
  const compensated = subtract(subtract(jump, complex(1)), scale(p, meanSimpleJump(parameters)));
  return add(diffusionExponent(parameters, variance, years, p), scale(compensated, jumpIntensity * years));
}

/**
 * Heston's part in its hyperbolic form, written with e^(-dT) so that nothing overflows: with s = 1 - e^(-dT),
 * q s v / (2d + (ξ - d) s) + κθ/σ² [(ξ - d) T - 2 ln(1 + (ξ - d) s / 2d)].
 * @see Cui, del Baño Rollin & Germano (2017), "Full and fast calibration of the Heston model", equations 11 and 18
 */
function diffusionExponent(parameters: BatesParameters, variance: number, years: number, p: Complex): Complex {
  const { kappa, theta, volOfVol, rho } = parameters;
  // -(u² + iu) in the papers' notation.
  const q = subtract(multiply(p, p), p);
  if (volOfVol < SMALLEST_VOL_OF_VOL) {
    const integrated = theta * years + ((variance - theta) * -Math.expm1(-kappa * years)) / kappa;
    return scale(q, 0.5 * integrated);
  }
  const xi = subtract(complex(kappa), scale(p, rho * volOfVol));
  const d = squareRoot(subtract(multiply(xi, xi), scale(q, volOfVol * volOfVol)));
  // (ξ - d)/σ² as q/(ξ + d), which does not cancel when σ is small.
  const gap = divide(q, add(xi, d));
  const sine = subtract(complex(1), exp(scale(d, -years)));
  const z = scale(divide(multiply(gap, sine), scale(d, 2)), volOfVol * volOfVol);
  const level = divide(multiply(q, sine), multiply(scale(d, 2), add(complex(1), z)));
  const logarithm = scale(logOnePlus(z), 2 / (volOfVol * volOfVol));
  return add(scale(level, variance), scale(subtract(scale(gap, years), logarithm), kappa * theta));
}
