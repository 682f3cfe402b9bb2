import type { FeatureName, FeatureTable, QuoteSet } from "./pricing-model.ts";

/**
 * What stands in for a feature that is missing (no finite number) in a row. A strike and a tenor are what is asked for
 * and can never be missing.
 */
export interface Imputation {
  /** Of each feature: quantiles of its finite calm values, an odd number of them, the median in the middle. */
  readonly quantiles: Readonly<Partial<Record<FeatureName, readonly number[]>>>;
}

/** Levels of the quantiles: each stands for a fifth of the calm moments. */
const LEVELS = [0.1, 0.3, 0.5, 0.7, 0.9] as const;
const MEDIAN = 2;

/** The imputation of those features of `uses` that belong to a moment. A feature never seen counts as 0 throughout. */
export function fitImputation(calm: QuoteSet, uses: readonly FeatureName[]): Imputation {
  const quantiles: Partial<Record<FeatureName, readonly number[]>> = {};
  for (const name of uses) {
    if (name === "logMoneyness" || name === "years") continue;
    const seen = calm.features[name].filter(Number.isFinite).sort();
    quantiles[name] = LEVELS.map((level) => (seen.length === 0 ? 0 : seen[Math.floor(level * (seen.length - 1))]));
  }
  return { quantiles };
}

/** The table with calm medians where a feature is missing; the table itself where none is. */
export function withoutMissing(at: FeatureTable, { quantiles }: Imputation): FeatureTable {
  let complete = at;
  for (const name of Object.keys(quantiles) as FeatureName[]) {
    if (at[name].every(Number.isFinite)) continue;
    complete = { ...complete, [name]: filled(at[name], quantiles[name]![MEDIAN]) };
  }
  return complete;
}

/** The quotes with calm medians where a feature is missing. */
export function quotesWithoutMissing(quotes: QuoteSet, imputation: Imputation): QuoteSet {
  const features = withoutMissing(quotes.features, imputation);
  return features === quotes.features ? quotes : { ...quotes, features };
}

/**
 * Variance that missing features add to each row's prediction: for each of them, the variance of the prediction over
 * its calm quantiles with all other missing ones at their medians, summed as if they were independent (law of total
 * variance). Undefined when nothing is missing.
 * @param raw - vol of each row of a complete table
 */
export function missingVariance(
  raw: (at: FeatureTable) => Float64Array,
  at: FeatureTable,
  imputation: Imputation,
): Float64Array | undefined {
  const { quantiles } = imputation;
  let variance: Float64Array | undefined;
  for (const name of Object.keys(quantiles) as FeatureName[]) {
    const isMissing = at[name].map((value) => (Number.isFinite(value) ? 0 : 1));
    if (isMissing.every((missing) => missing === 0)) continue;
    variance ??= new Float64Array(at.count);
    const complete = withoutMissing(at, imputation);
    const vols = LEVELS.map((_, i) => raw({ ...complete, [name]: filled(at[name], quantiles[name]![i]) }));
    for (let row = 0; row < at.count; row++) {
      if (isMissing[row] === 0) continue;
      const mean = vols.reduce((sum, vol) => sum + vol[row], 0) / LEVELS.length;
      variance[row] += vols.reduce((sum, vol) => sum + (vol[row] - mean) ** 2, 0) / LEVELS.length;
    }
  }
  return variance;
}

/**
 * The table without what is too old to be used: such entries become NaN, that is missing.
 * @param age - seconds since each row's feature was observed; features that are not given are fresh
 * @param limit - seconds
 */
export function withoutStale(
  at: FeatureTable,
  age: Readonly<Partial<Record<FeatureName, ArrayLike<number>>>>,
  limit: number,
): FeatureTable {
  const fresh = (Object.keys(age) as FeatureName[]).map((name) => {
    return [name, at[name].map((value, row) => (age[name]![row] <= limit ? value : Number.NaN))] as const;
  });
  return { ...at, ...Object.fromEntries(fresh) };
}

function filled(column: Float64Array, value: number): Float64Array {
  return column.map((each) => (Number.isFinite(each) ? each : value));
}
