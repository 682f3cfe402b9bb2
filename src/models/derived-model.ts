import { tableOf } from "./feature-pipeline.ts";
import type { FittedModel } from "./pricing-model.ts";

/** What a derived model says otherwise than its base; what is left out is the base's. */
export interface Derivation extends Partial<
  Pick<FittedModel, "name" | "information" | "domain" | "predictMany" | "explain">
> {
  /** Its own parameters and the base's, for the hash of what is frozen. */
  readonly toJSON: () => unknown;
}

/** A frozen model that answers as `base` does but for what is stated. The base's diagnostics wait until they are asked for. */
export function derivedModel(base: FittedModel, { predictMany, ...own }: Derivation): FittedModel {
  return {
    name: base.name,
    information: base.information,
    get diagnostics() {
      return base.diagnostics;
    },
    trainedOn: base.trainedOn,
    domain: base.domain,
    rawMany: (at, state) => base.rawMany(at, state),
    predictMany: predictMany ?? ((at, state) => base.predictMany(at, state)),
    predict(at) {
      if (predictMany === undefined) return base.predict(at);
      const { vol, sd } = predictMany(tableOf(at));
      return { vol: vol[0], sd: sd[0] };
    },
    explain: (at) => base.explain(at),
    ...own,
  };
}
