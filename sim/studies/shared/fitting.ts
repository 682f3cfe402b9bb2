import { splitCalm } from "../../../src/models/calm-split.ts";
import { fitOnce } from "../../../src/models/fit-once.ts";
import { contractDomain } from "../../../src/models/frozen-model.ts";
import { ModelFitError } from "../../../src/models/model-fit-error.ts";
import { modelByName } from "../../../src/models/models.ts";
import type { FittedModel, QuoteSet } from "../../../src/models/pricing-model.ts";
import { selectQuotes } from "../../../src/models/select-quotes.ts";
import type { Random } from "../../../src/random/random.ts";
import { defaultTradeTerms } from "../../experiment/generalisation/config.ts";
import { scoreQuotes } from "../../experiment/generalisation/quote-errors.ts";

/** The model fitted on these quotes, or nothing where they do not determine it. */
export function fitOrNothing(name: string, calm: QuoteSet, random: Random): FittedModel | undefined {
  try {
    return fitOnce(modelByName(name), calm, random.fork("fit"));
  } catch (error) {
    if (error instanceof ModelFitError) return undefined;
    throw error;
  }
}

/** Calm quotes to fit on, and later ones, a purge apart, that tell what the fit is worth. */
export interface HeldOut {
  readonly early: QuoteSet;
  readonly later: QuoteSet;
}

/** Splits calm quotes by whole days as models do for their own validation: 70 %, a purge of 10 %, 20 %. */
export function holdOut(calm: QuoteSet): HeldOut {
  const { fitEnd, validationStart, count } = splitCalm("held-out calm", calm);
  const rows = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
  return { early: selectQuotes(calm, rows(0, fitEnd)), later: selectQuotes(calm, rows(validationStart, count)) };
}

/** Root mean square error after the contract's domain over rows `from` … `to` − 1, vol points; quotes weigh the same. */
export function errorOf(
  fitted: FittedModel,
  quotes: QuoteSet,
  truth: Float64Array,
  from = 0,
  to = truth.length,
): number {
  const weight = new Float64Array(truth.length).fill(1);
  const raw = fitted.rawMany(quotes.features);
  return scoreQuotes({ truth, weight, vega: weight }, raw, contractDomain, defaultTradeTerms, from, to).rmse;
}
