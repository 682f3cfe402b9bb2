import { checkCalm, splitCalm, summarise } from "./calm-split.ts";
import { freeze } from "./frozen-model.ts";
import type { PricingModel, QuoteSet } from "./pricing-model.ts";
import { validationError, weightedMean } from "./validation.ts";

/** One vol for everything: the weighted mean of the calm quotes. */
export const constantModel: PricingModel = {
  name: "constant",
  summary: "one vol for every option: the mean of the calm quotes",
  information: "prices",
  fit(calm) {
    checkCalm("constant", calm, [], 5);
    const { fitEnd, validationStart, count } = splitCalm("constant", calm);
    const early = new Float64Array(count).fill(meanVol(calm, fitEnd));
    const sd = validationError(calm, early, validationStart);
    const vol = meanVol(calm, count);
    return freeze({
      name: "constant",
      information: "prices",
      uses: [],
      trainedOn: summarise(calm),
      parameters: { vol, sd },
      diagnostics: () => ({ degreesOfFreedom: 1, boundsActive: [], conditionNumber: null }),
      raw: (at) => new Float64Array(at.count).fill(vol),
      sd: () => sd,
    });
  },
};

function meanVol({ target, weight }: QuoteSet, to: number): number {
  return weightedMean(target.subarray(0, to), weight);
}
