import type { BatesState } from "../pricing/bates-calibration.ts";
import { calibrateBates, calibrateHeston } from "../pricing/bates-calibration.ts";
import type { BatesParameters } from "../pricing/bates-parameters.ts";
import { BatesPricer } from "../pricing/bates.ts";
import type { Calibration, SmileQuotes } from "../pricing/calibration-input-error.ts";
import { calibrated, quotesOf } from "./calm-surfaces.ts";
import type { DynamicsFamily } from "./marked-dynamics.ts";
import { markedModels } from "./marked-dynamics.ts";

function family(
  name: string,
  what: string,
  structuralParameters: number,
  calibrate: (slices: readonly SmileQuotes[]) => Calibration<BatesState>,
): DynamicsFamily<BatesParameters> {
  return {
    name,
    what: `${what} calibrated to the calm days' mean surface, frozen but for today's variance`,
    calibrate(model, surface) {
      const fit = calibrated(model, "mean surface", () => calibrate(quotesOf(surface)));
      return {
        parameters: new BatesPricer(fit.parameters).parameters,
        degreesOfFreedom: structuralParameters,
        boundsActive: fit.activeBounds,
        conditionNumber: fit.condition,
      };
    },
    pricer: (parameters) => new BatesPricer(parameters),
  };
}

/** κ, θ, σ, ρ stay; the variance is marked. */
export const [hestonModel, hestonLaggedModel] = markedModels(family("heston", "Heston", 4, calibrateHeston));

/** κ, θ, σ, ρ and the jumps stay; the variance is marked. */
export const [batesModel, batesLaggedModel] = markedModels(family("bates", "Bates", 7, calibrateBates));
