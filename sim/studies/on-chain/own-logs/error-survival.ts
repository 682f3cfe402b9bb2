import { contractDomain } from "../../../../src/models/frozen-model.ts";
import type { FittedModel } from "../../../../src/models/pricing-model.ts";
import type { MarketQuotes } from "../../../experiment/generalisation/quotes.ts";

/**
 * Share of one model's error that another repeats, Σ w e e′ / Σ w e² over quotes with e, e′ the errors of the one and of the
 * other against the truth, after the contract's domain: 1 where the other says the same, about 0 where its errors have
 * nothing to do with the one's, below 0 where it errs to the other side. NaN where the one makes no error.
 */
export function errorSurvival(one: FittedModel, other: FittedModel, tests: readonly MarketQuotes[]): number {
  let [shared, own] = [0, 0];
  for (const { features, clean, weight } of tests) {
    const [first, second] = [one, other].map((model) => model.rawMany(features));
    clean.forEach((truth, row) => {
      if (Number.isNaN(truth)) return;
      const error = clamped(first[row]) - truth;
      shared += weight[row] * error * (clamped(second[row]) - truth);
      own += weight[row] * error * error;
    });
  }
  return shared / own;
}

function clamped(vol: number): number {
  return Math.min(contractDomain[1], Math.max(contractDomain[0], vol));
}
