import type { BatesParameters } from "../pricing/bates.ts";
import { meanSimpleJump } from "../pricing/bates-parameters.ts";
import type { Random } from "../random/random.ts";
import type { DesignedJumps } from "./jump-design.ts";
import type { JumpDraw } from "./jumps.ts";
import { drawJumps } from "./jumps.ts";
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

/** A path at its start. */
export function startPath(price: number, variance: number): PathState {
  return { logPrice: Math.log(price), variance, continuousReturn: 0, jump: { sum: 0, count: 0, fraction: 1 } };
}

/**
 * Steps a price through Bates's model under the pricing measure, with one uniform for the variance, one normal for the
 * price and thinned jumps, all addressed by the step's index.
 *
 * Heston is the case without jumps; without vol of vol the step is the exact one of Merton or of geometric Brownian
 * motion. Parameters are given per step, so that a regime can change under way. The price is a martingale within each
 * step, by Andersen's correction.
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
