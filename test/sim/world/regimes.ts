import type { RegimeParameters } from "../../../sim/world/regime.ts";

/** A calm and a crashing ETH-like market. */
export const CALM: RegimeParameters = {
  v0: 0.25,
  kappa: 3,
  theta: 0.25,
  volOfVol: 0.8,
  rho: -0.3,
  jumpIntensity: 4,
  jumpMean: -0.03,
  jumpSd: 0.05,
};
export const CRASH: RegimeParameters = {
  v0: 1,
  kappa: 3,
  theta: 0.625,
  volOfVol: 2,
  rho: -0.7,
  jumpIntensity: 15,
  jumpMean: -0.12,
  jumpSd: 0.12,
};
