import { calibrateBates, calibrateHeston } from "../pricing/bates-calibration.ts";
import type { BatesParameters } from "../pricing/bates-parameters.ts";
import { BatesPricer } from "../pricing/bates.ts";
import { calibrateJointly } from "../pricing/joint-calibration.ts";
import { calibrated, levelSurfaces, meanSurface, quotesOf } from "./calm-surfaces.ts";
import type { DynamicsFamily } from "./marked-dynamics.ts";
import { markedModels } from "./marked-dynamics.ts";

/** Groups of calm days by level that structural parameters are fitted to together, each with a variance of its own. */
const LEVEL_GROUPS = 8;

function family(
  dynamics: "Heston" | "Bates",
  structuralParameters: number,
  calibrateOne: typeof calibrateHeston,
): DynamicsFamily<BatesParameters> {
  return {
    name: dynamics.toLowerCase(),
    what: `${dynamics} calibrated to calm days of ${LEVEL_GROUPS} levels together, frozen but for today's variance`,
    calibrate(model, surfaces, to) {
      const start = calibrated(model, "mean surface", () =>
        calibrateOne(quotesOf(meanSurface(model, surfaces, to))),
      ).parameters;
      const groups = levelSurfaces(model, surfaces, to, LEVEL_GROUPS).map(quotesOf);
      const fit = calibrated(model, "surfaces by level", () => calibrateJointly(dynamics, groups, start));
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
export const [hestonModel, hestonLaggedModel] = markedModels(family("Heston", 4, calibrateHeston));

/** κ, θ, σ, ρ and the jumps stay; the variance is marked. */
export const [batesModel, batesLaggedModel] = markedModels(family("Bates", 7, calibrateBates));
