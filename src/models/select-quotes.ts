import type { FeatureName, FeatureTable, QuoteSet } from "./pricing-model.ts";
import { featureNames } from "./pricing-model.ts";

/** The rows of a quote set that are named, in that order, as a set of their own. */
export function selectQuotes(quotes: QuoteSet, rows: ArrayLike<number>): QuoteSet {
  const pick = (column: Float64Array) => Float64Array.from(rows, (row) => column[row]);
  return {
    features: selectFeatures(quotes.features, rows),
    target: pick(quotes.target),
    clean: pick(quotes.clean),
    weight: pick(quotes.weight),
    time: pick(quotes.time),
    day: Int32Array.from(rows, (row) => quotes.day[row]),
  };
}

/** Of first quotes, the quotes that they are the first of. */
const wholes = new WeakMap<QuoteSet, QuoteSet>();
const firsts = new WeakMap<QuoteSet, Map<number, QuoteSet>>();

/** Quotes before row `to`, the same object each time: what was computed of it can be kept. */
export function firstQuotes(quotes: QuoteSet, to: number): QuoteSet {
  let known = firsts.get(quotes);
  if (known === undefined) firsts.set(quotes, (known = new Map()));
  let first = known.get(to);
  if (first === undefined) {
    first = selectQuotes(
      quotes,
      Int32Array.from({ length: to }, (_, row) => row),
    );
    known.set(to, first);
    wholes.set(first, quotes);
  }
  return first;
}

/** The quotes that these are the first of; undefined of others. */
export function wholeOf(quotes: QuoteSet): QuoteSet | undefined {
  return wholes.get(quotes);
}

/** The rows of a feature table that are named, in that order. */
export function selectFeatures(table: FeatureTable, rows: ArrayLike<number>): FeatureTable {
  const columns = featureNames.map((name) => [name, Float64Array.from(rows, (row) => table[name][row])]);
  const returns = Array.from(rows, (row) => table.returns[row]);
  return { count: rows.length, returns, ...(Object.fromEntries(columns) as Record<FeatureName, Float64Array>) };
}

/**
 * The same quotes with weights halved for every `halfLifeDays` of age before the last quote; Infinity changes nothing.
 * Ages are whole days, so that quotes of a day stay equal.
 */
export function weightByAge(quotes: QuoteSet, halfLifeDays: number): QuoteSet {
  const { day, weight } = quotes;
  const last = day[day.length - 1];
  return { ...quotes, weight: weight.map((value, row) => value * 2 ** ((day[row] - last) / halfLifeDays)) };
}
