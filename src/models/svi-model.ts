import { calibrateSvi } from "../pricing/svi-calibration.ts";
import type { SviRaw } from "../pricing/svi.ts";
import { sviTotalVariance } from "../pricing/svi.ts";
import type { MeanSurface } from "./calm-surfaces.ts";
import { calibrated, quotesOf } from "./calm-surfaces.ts";
import type { SmileCalibration, SmileFamily } from "./floating-smile.ts";
import { dailyModel, floatingModels } from "./floating-smile.ts";
import { mixAt, thetaAt } from "./term-structure.ts";

const PARAMETERS = 5;

/** A slice and its total variance at the money. */
interface SviShape {
  readonly slice: SviRaw;
  readonly theta: number;
}

/**
 * SVI slices that keep their shape in normalised moneyness: with wᵢ the raw slice closest to the calm days' mean smile
 * of tenor i and θ̄ᵢ its variance at the money, w(k, τᵢ) = θᵢ/θ̄ᵢ wᵢ(k √(θ̄ᵢ/θᵢ)); wings steepen with √θ.
 * @see Gatheral & Jacquier (2014), "Arbitrage-free SVI volatility surfaces"
 */
const family: SmileFamily<readonly SviShape[]> = {
  name: "svi",
  what: "raw SVI slices of the calm days' smiles, frozen in k/√θ",
  calibrate: calibrateSlices,
  totalVariance(shapes, term, logMoneyness, years) {
    const x = logMoneyness / Math.sqrt(thetaAt(term, years));
    return mixAt(term.years, years, (t) => {
      const { slice, theta } = shapes[t];
      return (term.thetas[t] / theta) * sviTotalVariance(slice, x * Math.sqrt(theta));
    });
  },
};

export const [sviModel, sviLaggedModel] = floatingModels(family);

export const sviDailyModel = dailyModel(family, "raw SVI slices of the last day's smiles, fitted day by day, in k/√θ");

function calibrateSlices(model: string, surface: MeanSurface): SmileCalibration<readonly SviShape[]> {
  const days = surface.years.map((tenor) => `${(365 * tenor).toFixed(1)} d`);
  const fits = quotesOf(surface).map((quotes, t) =>
    calibrated(model, `smile of ${days[t]}`, () => calibrateSvi(quotes)),
  );
  return {
    parameters: fits.map(({ parameters: slice }) => ({ slice, theta: sviTotalVariance(slice, 0) })),
    degreesOfFreedom: PARAMETERS * fits.length,
    boundsActive: fits.flatMap(({ activeBounds }, t) => activeBounds.map((bound) => `${bound} at ${days[t]}`)),
    conditionNumber: Math.max(...fits.map(({ condition }) => condition)),
  };
}
