import type { BatesParameters } from "../pricing/bates.ts";
import { assertBatesParameters, meanSimpleJump } from "../pricing/bates-parameters.ts";
import type { Random } from "../random/random.ts";
import type { DesignedJumps } from "./jump-design.ts";
import type { JumpDraw } from "./jumps.ts";
import { drawJumps } from "./jumps.ts";
import { requireSteps, ProcessParameterError } from "./process-parameter-error.ts";
import { purposes } from "./purposes.ts";
import type { VarianceLaw } from "./variance-step.ts";
import { logMoment, varianceLaw, varianceQuantile } from "./variance-step.ts";

/** State of a path, and what its last step was made of. */
export interface PathState {
  /** Natural logarithm of the price. */
  logPrice: number;
  /** Annualised. */
  variance: number;
  /** Log return of the last step without its jumps, and the jumps' part. */
  continuousReturn: number;
  readonly jump: JumpDraw;
}

/** A path at its start: price in USD, positive, variance annualised. Unchecked, for inner loops. */
export function startPath(price: number, variance: number): PathState {
  return { logPrice: Math.log(price), variance, continuousReturn: 0, jump: { sum: 0, count: 0, fraction: 1 } };
}

/** Prices and variances after each step of a path. */
export interface BatesPath {
  /** In the start's unit. */
  readonly prices: Float64Array;
  /** Annualised. */
  readonly variances: Float64Array;
}

/**
 * One path of Bates's model under the pricing measure at zero rates, by {@link BatesStepper}: Heston without jumps,
 * Merton without vol of vol (and the variance at its level), geometric Brownian motion without both.
 *
 * The price is a martingale at every step. Merton's and Brownian steps are exact; of the others the variance has its
 * exact conditional mean and variance, and prices of options a bias that falls with the step: below 0.1 % of the
 * premium for a step of a day.
 * @param start - price, positive, and annualised variance
 * @param stepYears - years of 365 days, positive
 * @param random - step i draws index i; fork it for each path
 * @throws {BatesParameterError} when a parameter is out of its range
 * @throws {ProcessParameterError} of a start, step or number of steps that is none
 * @see Andersen (2008), "Simple and efficient simulation of the Heston stochastic volatility model"
 */
export function simulateBates(
  parameters: BatesParameters,
  start: { readonly price: number; readonly variance: number },
  stepYears: number,
  steps: number,
  random: Random,
): BatesPath {
  assertBatesParameters(parameters);
  requireSteps("Bates path", stepYears, steps);
  const { price, variance } = start;
  if (!(price > 0 && price < Infinity && variance >= 0 && variance <= 1e6)) {
    throw new ProcessParameterError("Bates path", `starts at the price ${price} and the variance ${variance}`);
  }
  const stepper = new BatesStepper(random, stepYears, parameters.jumpIntensity);
  const state = startPath(price, variance);
  const path = { prices: new Float64Array(steps), variances: new Float64Array(steps) };
  for (let i = 0; i < steps; i++) {
    stepper.step(state, i, parameters);
    path.prices[i] = Math.exp(state.logPrice);
    path.variances[i] = state.variance;
    if (path.prices[i] < Infinity) continue;
    throw new ProcessParameterError("Bates path", `leaves the doubles at step ${i} of ${stepYears} years`);
  }
  return path;
}

/**
 * Steps a price through Bates's model under the pricing measure, with one uniform for the variance, one normal for the
 * price and thinned jumps, all addressed by the step's index.
 *
 * Heston is the case without jumps; without vol of vol the step is the exact one of Merton or of geometric Brownian
 * motion. Parameters are given per step, so that a regime can change under way. The price is a martingale within each
 * step, by Andersen's correction. Unchecked, for inner loops; {@link simulateBates} refuses what is no path.
 * @see Andersen (2008), equation 33 and section 4.2, with γ1 = γ2 = 1/2
 */
export class BatesStepper {
  readonly #random: Random;
  readonly #years: number;
  readonly #highestIntensity: number;
  readonly #design: DesignedJumps | undefined;
  readonly #law: VarianceLaw = { mean: 0, isQuadratic: true, scale: 0, shift: 0, zeroProbability: 0, rate: 0 };

  /**
   * @param stepYears - years of 365 days
   * @param highestIntensity - jumps a year that the candidates are drawn at; see {@link drawJumps}
   * @param design - changes the natural jumps of a span, when given
   */
  constructor(random: Random, stepYears: number, highestIntensity: number, design?: DesignedJumps) {
    this.#random = random;
    this.#years = stepYears;
    this.#highestIntensity = highestIntensity;
    this.#design = design;
  }

  /**
   * Moves `state` by one step.
   * @param addJumps - adds jumps of another kind to the step's own; returns how many were to be expected, a year
   */
  step(
    state: PathState,
    index: number,
    parameters: BatesParameters,
    addJumps?: (index: number, parameters: BatesParameters, jump: JumpDraw) => number,
  ): void {
    const years = this.#years;
    const normal = this.#random.normal(index, purposes.diffusion);
    state.continuousReturn =
      parameters.volOfVol === 0
        ? this.#stillStep(state, parameters, normal)
        : this.#movingStep(state, index, parameters, normal);
    drawJumps(parameters, this.#highestIntensity, years, this.#random, index, state.jump);
    this.#design?.apply(index, parameters, state.jump);
    const added = addJumps?.(index, parameters, state.jump) ?? 0;
    if (parameters.jumpIntensity + added > 0) {
      state.continuousReturn -= (parameters.jumpIntensity + added) * years * meanSimpleJump(parameters);
    }
    state.logPrice += state.continuousReturn + state.jump.sum;
  }

  /** Exact log-normal step with the variance's deterministic path, averaged over the step. */
  #stillStep(state: PathState, parameters: BatesParameters, normal: number): number {
    const { kappa, theta } = parameters;
    const end = theta + (state.variance - theta) * Math.exp(-kappa * this.#years);
    const average = theta + ((state.variance - theta) * -Math.expm1(-kappa * this.#years)) / (kappa * this.#years);
    state.variance = end;
    return -0.5 * average * this.#years + Math.sqrt(average * this.#years) * normal;
  }

  #movingStep(state: PathState, index: number, parameters: BatesParameters, normal: number): number {
    const { kappa, theta, volOfVol, rho } = parameters;
    const years = this.#years;
    const before = state.variance;
    varianceLaw(parameters, before, years, this.#law);
    const after = varianceQuantile(this.#law, this.#random.uniform(index, purposes.variance));
    const lean = rho / volOfVol;
    const drift = 0.5 * years * (kappa * lean - 0.5);
    const k1 = drift - lean;
    const k2 = drift + lean;
    const k3 = 0.5 * years * (1 - rho * rho);
    const correction = logMoment(this.#law, k2 + 0.5 * k3);
    // Without the moment (a large positive correlation and step) the drift is Andersen's uncorrected one.
    const k0 = correction < Infinity ? -correction - (k1 + 0.5 * k3) * before : -lean * kappa * theta * years;
    state.variance = after;
    return k0 + k1 * before + k2 * after + Math.sqrt(k3 * (before + after)) * normal;
  }
}
