import { tableOf } from "../../../../src/models/feature-pipeline.ts";
import type { FittedModel } from "../../../../src/models/pricing-model.ts";

/**
 * A frozen model that is as sure of its vols as it was times a factor: 0 says that it knows them.
 * @param factor - of the standard deviation, not negative; the deviation stays within the model's largest vol
 */
export function scaledUncertainty(base: FittedModel, factor: number): FittedModel {
  const [, high] = base.domain;
  const predictMany: FittedModel["predictMany"] = (at, state) => {
    const { vol, sd } = base.predictMany(at, state);
    return { vol, sd: sd.map((own) => Math.min(high, factor * own)) };
  };
  return {
    name: `${base.name}, sd × ${factor}`,
    information: base.information,
    get diagnostics() {
      return base.diagnostics;
    },
    trainedOn: base.trainedOn,
    domain: base.domain,
    rawMany: (at, state) => base.rawMany(at, state),
    predictMany,
    predict(at) {
      const { vol, sd } = predictMany(tableOf(at));
      return { vol: vol[0], sd: sd[0] };
    },
    explain: (at) => base.explain(at),
    toJSON: () => ({ base: base.toJSON(), uncertaintyFactor: factor }),
  };
}
