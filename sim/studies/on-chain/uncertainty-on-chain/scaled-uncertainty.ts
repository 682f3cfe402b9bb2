import { derivedModel } from "../../../../src/models/derived-model.ts";
import type { FittedModel } from "../../../../src/models/pricing-model.ts";

/**
 * A frozen model that is as sure of its vols as it was times a factor: 0 says that it knows them.
 * @param factor - of the standard deviation, not negative; the deviation stays within the model's largest vol
 */
export function scaledUncertainty(base: FittedModel, factor: number): FittedModel {
  const [, high] = base.domain;
  return derivedModel(base, {
    name: `${base.name}, sd × ${factor}`,
    predictMany(at, state) {
      const { vol, sd } = base.predictMany(at, state);
      return { vol, sd: sd.map((own) => Math.min(high, factor * own)) };
    },
    toJSON: () => ({ base: base.toJSON(), uncertaintyFactor: factor }),
  });
}
