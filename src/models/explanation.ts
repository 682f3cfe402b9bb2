import { shapleyValues } from "../statistics/shapley.ts";
import { createFeatureTable } from "./feature-pipeline.ts";
import type { Explanation, FeatureInput, FeatureTable, QuoteFeatures } from "./pricing-model.ts";
import { featureNames } from "./pricing-model.ts";

/**
 * What drove a prediction: Shapley values of the features that a model reads, against one typical quote.
 *
 * Every coalition of features takes its values from the quote and all others from the typical one, so that n features
 * cost 2ⁿ predictions, made in one batch; contributions sum to the raw difference exactly but for rounding.
 * @param raw - raw vol of many quotes
 * @param domain - of the declared output, vol
 * @param uses - features that a prediction reads, at most 16
 * @see Sundararajan & Najmi (2020), "The many Shapley values for model explanation", baseline Shapley
 */
export function explain(
  raw: (at: FeatureTable) => Float64Array,
  [low, high]: readonly [number, number],
  uses: readonly FeatureInput[],
  typical: QuoteFeatures,
  at: QuoteFeatures,
): Explanation {
  const vols = raw(coalitions(uses, typical, at));
  const shares = uses.length === 0 ? [] : shapleyValues(uses.length, (coalition) => vols[coalition]);
  const contributions: Partial<Record<FeatureInput, number>> = {};
  uses.forEach((name, i) => (contributions[name] = shares[i]));
  const rawVol = vols[vols.length - 1];
  const vol = Math.min(high, Math.max(low, rawVol));
  return { base: vols[0], contributions, clamping: vol - rawVol, vol };
}

/** Row c holds the quote's value of the i-th used feature where bit i of c is set. */
function coalitions(uses: readonly FeatureInput[], typical: QuoteFeatures, at: QuoteFeatures): FeatureTable {
  const table = createFeatureTable(2 ** uses.length);
  const isTypical = (player: number, c: number) => player >= 0 && ((c >> player) & 1) === 0;
  const history = uses.indexOf("returns");
  for (let c = 0; c < table.count; c++) table.returns[c] = isTypical(history, c) ? typical.returns : at.returns;
  for (const name of featureNames) {
    const player = uses.indexOf(name);
    for (let c = 0; c < table.count; c++) {
      table[name][c] = isTypical(player, c) ? typical[name] : at[name];
    }
  }
  return table;
}
