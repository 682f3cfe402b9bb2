import type { TapeTerms } from "../../../engine/market-tape.ts";
import type { TendedModel } from "../../../engine/tended-model.ts";
import { derivedModel } from "../../../../src/models/derived-model.ts";
import type { FittedModel } from "../../../../src/models/pricing-model.ts";

/** A calm fit under another name, with a keeper who may replace it during a run. */
export function tended(
  base: FittedModel,
  name: string,
  tape: TapeTerms,
  policy: unknown,
  tend: TendedModel["tend"],
): TendedModel {
  const model = derivedModel(base, {
    name,
    information: "lagged-surface",
    toJSON: () => ({ base: base.toJSON(), policy }),
  });
  // Assigned, since a copy would compute the diagnostics.
  return Object.assign(model, { tape, tend });
}
