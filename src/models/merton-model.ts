import { calibrateMerton } from "../pricing/merton-calibration.ts";
import type { MertonParameters } from "../pricing/merton.ts";
import { mertonVols } from "../pricing/merton.ts";
import { calibrated, meanSurface, quotesOf } from "./calm-surfaces.ts";
import type { DynamicsFamily } from "./marked-dynamics.ts";
import { markedModels } from "./marked-dynamics.ts";

type MertonStructure = Omit<MertonParameters, "vol">;

const STRUCTURAL_PARAMETERS = 3;

/** Merton's jumps as calm surfaces have them, the diffusion's vol marked to the level. */
const family: DynamicsFamily<MertonStructure> = {
  name: "merton",
  what: "Merton's jump diffusion calibrated to the calm days' mean surface, frozen jumps",
  calibrate(model, surfaces, to) {
    const surface = meanSurface(model, surfaces, to);
    const fit = calibrated(model, "mean surface", () => calibrateMerton(quotesOf(surface)));
    const { jumpIntensity, jumpMean, jumpSd } = fit.parameters;
    return {
      parameters: { jumpIntensity, jumpMean, jumpSd },
      degreesOfFreedom: STRUCTURAL_PARAMETERS,
      boundsActive: fit.activeBounds,
      conditionNumber: fit.condition,
    };
  },
  pricer: (structure) => ({
    impliedVols: (variance, years, logMoneyness, out) =>
      mertonVols({ ...structure, vol: Math.sqrt(variance) }, years, logMoneyness, out),
  }),
};

export const [mertonModel, mertonLaggedModel] = markedModels(family);
