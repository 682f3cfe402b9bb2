import type { Random } from "../random/random.ts";
import type { FittedModel, PricingModel, QuoteSet } from "./pricing-model.ts";

/** Fits by quotes, by model, by stream; they live as long as the quotes do. */
const known = new WeakMap<QuoteSet, WeakMap<PricingModel, Map<number, FittedModel>>>();

/**
 * The model fitted on these quotes, which is done once however many ask: an ensemble and its members alone share fits.
 * A fit is a pure function of quotes and stream, so that nothing but time is saved. Quotes are told apart as objects and
 * are not to be changed in place.
 * @throws {ModelFitError} as the fit does, each time
 */
export function fitOnce(model: PricingModel, calm: QuoteSet, random: Random): FittedModel {
  let byModel = known.get(calm);
  if (byModel === undefined) known.set(calm, (byModel = new WeakMap()));
  let byStream = byModel.get(model);
  if (byStream === undefined) byModel.set(model, (byStream = new Map()));
  const stream = identityOf(random);
  let fitted = byStream.get(stream);
  if (fitted === undefined) byStream.set(stream, (fitted = model.fit(calm, random)));
  return fitted;
}

/** A draw at an address that nothing else uses: two streams that agree there in 52 bits are the same. */
function identityOf(random: Random): number {
  return random.uniform(Number.MAX_SAFE_INTEGER, 0xffff_ffff);
}
