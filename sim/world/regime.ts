import type { BatesParameters } from "../../src/pricing/bates.ts";

/** Which parts of the model are at work. */
export type ProcessName = "gbm" | "merton" | "bates";

/** A market regime: the model's parameters and the variance it is entered with. */
export interface RegimeParameters extends BatesParameters {
  /** Starting variance, annualised. */
  readonly v0: number;
}

/**
 * Regime at a severity, every parameter linear between calm (0) and crash (1); variances, not vols, are interpolated,
 * so that half-way between 50 % and 100 % is 79 %.
 *
 * For `merton` and `gbm` the variance stays at v0 (vol of vol 0, θ = v0), and `gbm` has no jumps either.
 */
export function regimeAt(
  calm: RegimeParameters,
  crash: RegimeParameters,
  severity: number,
  process: ProcessName = "bates",
): RegimeParameters {
  const between = (from: number, to: number): number => from + (to - from) * severity;
  const v0 = between(calm.v0, crash.v0);
  const isStill = process !== "bates";
  const hasJumps = process !== "gbm";
  return {
    v0,
    kappa: between(calm.kappa, crash.kappa),
    theta: isStill ? v0 : between(calm.theta, crash.theta),
    volOfVol: isStill ? 0 : between(calm.volOfVol, crash.volOfVol),
    rho: isStill ? 0 : between(calm.rho, crash.rho),
    jumpIntensity: hasJumps ? between(calm.jumpIntensity, crash.jumpIntensity) : 0,
    jumpMean: hasJumps ? between(calm.jumpMean, crash.jumpMean) : 0,
    jumpSd: hasJumps ? between(calm.jumpSd, crash.jumpSd) : 0,
  };
}
