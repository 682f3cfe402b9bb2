import { checkCalm, splitCalm, summarise } from "./calm-split.ts";
import { freeze } from "./frozen-model.ts";
import type { FeatureName, PricingModel } from "./pricing-model.ts";
import { validationLogError } from "./validation.ts";

const windows = ["shortVol", "longVol"] as const satisfies readonly FeatureName[];

/** The baseline: current realised vol over the window that was closer to the calm quotes, for every strike and tenor. */
export const realisedVolModel: PricingModel = {
  name: "realised-vol",
  summary: "baseline: current realised vol of the feed, flat over strikes and tenors",
  information: "prices",
  fit(calm) {
    checkCalm("realised-vol", calm, windows, 5);
    const { validationStart } = splitCalm("realised-vol", calm);
    const errors = windows.map((name) => validationLogError(calm, calm.features[name], 0));
    const window = windows[errors[0] < errors[1] ? 0 : 1];
    const relativeSd = validationLogError(calm, calm.features[window], validationStart);
    return freeze({
      name: "realised-vol",
      information: "prices",
      uses: [window],
      trainedOn: summarise(calm),
      parameters: { window, relativeSd },
      diagnostics: () => ({ degreesOfFreedom: 1, boundsActive: [], conditionNumber: null }),
      raw: (at) => Float64Array.from(at[window]),
      sd: (vol) => relativeSd * vol,
    });
  },
};
