import type { TapeTerms } from "../../../engine/market-tape.ts";
import type { TendedModel } from "../../../engine/tended-model.ts";
import type { FittedModel } from "../../../../src/models/pricing-model.ts";

/** A calm fit under another name, with a keeper who may replace it during a run. */
export function tended(
  base: FittedModel,
  name: string,
  tape: TapeTerms,
  policy: unknown,
  tend: TendedModel["tend"],
): TendedModel {
  return {
    name,
    information: "lagged-surface",
    get diagnostics() {
      return base.diagnostics;
    },
    trainedOn: base.trainedOn,
    domain: base.domain,
    predict: (at) => base.predict(at),
    predictMany: (at, state) => base.predictMany(at, state),
    rawMany: (at, state) => base.rawMany(at, state),
    explain: (at) => base.explain(at),
    toJSON: () => ({ base: base.toJSON(), policy }),
    tape,
    tend,
  };
}
