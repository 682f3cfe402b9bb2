import { calibrateSsvi } from "../pricing/ssvi-calibration.ts";
import { ssviCurvature, ssviTotalVariance } from "../pricing/ssvi.ts";
import { calibrated, quotesOf } from "./calm-surfaces.ts";
import type { SmileFamily } from "./floating-smile.ts";
import { dailyModel, floatingModels } from "./floating-smile.ts";
import { thetaAt } from "./term-structure.ts";

/** What stays of a surface when its at-the-money variances move. */
interface SsviShape {
  readonly rho: number;
  readonly eta: number;
  readonly gamma: number;
}

const PARAMETERS = 3;

/**
 * SSVI with frozen ρ, η, γ: the power law φ(θ) = η θ^(−γ)(1 + θ)^(γ−1) says how the smile flattens as θ grows. φ is
 * kept under the bounds of theorem 4.2, θφ(1 + |ρ|) ≤ 4 and θφ²(1 + |ρ|) ≤ 4, at levels that calm never saw too.
 * @see Gatheral & Jacquier (2014), section 4
 */
const family: SmileFamily<SsviShape> = {
  name: "ssvi",
  what: "SSVI of the calm days' mean surface, frozen ρ, η, γ",
  calibrate(model, surface) {
    const fit = calibrated(model, "surface", () => calibrateSsvi(quotesOf(surface)));
    const { rho, eta, gamma } = fit.parameters;
    return {
      parameters: { rho, eta, gamma },
      degreesOfFreedom: PARAMETERS,
      boundsActive: fit.activeBounds,
      conditionNumber: fit.condition,
    };
  },
  totalVariance({ rho, eta, gamma }, term, logMoneyness, years) {
    const theta = thetaAt(term, years);
    const most = 4 / (theta * (1 + Math.abs(rho)));
    const phi = Math.min(ssviCurvature({ eta, gamma }, theta), most, Math.sqrt(most));
    return ssviTotalVariance(theta, phi, rho, logMoneyness);
  },
};

export const [ssviModel, ssviLaggedModel] = floatingModels(family);

export const ssviDailyModel = dailyModel(family, "SSVI of the last day's surface, fitted day by day");
