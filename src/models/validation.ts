import { tableFrom } from "./feature-pipeline.ts";
import type { FeatureTable, QuoteSet } from "./pricing-model.ts";

/** Σ w x / Σ w over the entries of `values`. */
export function weightedMean(values: Float64Array, weight: Float64Array): number {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    sum += weight[i] * values[i];
    total += weight[i];
  }
  return sum / total;
}

/** Weighted root mean square of predicted less quoted vol over rows `from` and later. */
export function validationError(calm: QuoteSet, predicted: Float64Array, from: number): number {
  return rootMean(calm, from, (row) => predicted[row] - calm.target[row]);
}

/** The same for ln(predicted/quoted): the relative error of models whose uncertainty grows with the vol. */
export function validationLogError(calm: QuoteSet, predicted: Float64Array, from: number): number {
  return rootMean(calm, from, (row) => Math.log(predicted[row] / calm.target[row]));
}

/** {@link validationLogError} of predictions that are made for the rows `from` and later only. */
export function tailLogError(calm: QuoteSet, from: number, predict: (at: FeatureTable) => Float64Array): number {
  const predicted = new Float64Array(calm.target.length);
  predicted.set(predict(tableFrom(calm.features, from)), from);
  return validationLogError(calm, predicted, from);
}

function rootMean(calm: QuoteSet, from: number, error: (row: number) => number): number {
  let sum = 0;
  let total = 0;
  for (let row = from; row < calm.target.length; row++) {
    sum += calm.weight[row] * error(row) ** 2;
    total += calm.weight[row];
  }
  return Math.sqrt(sum / total);
}

/**
 * How many times wider the errors of rows `from` and later were than the standard deviations that were given with them,
 * at least 1: what a model thinks of its own certainty can be widened by calm validation, not narrowed.
 */
export function widening(
  calm: QuoteSet,
  from: number,
  predicted: (row: number) => { readonly error: number; readonly variance: number },
): number {
  let sum = 0;
  let total = 0;
  for (let row = from; row < calm.target.length; row++) {
    const { error, variance } = predicted(row);
    sum += (calm.weight[row] * error * error) / variance;
    total += calm.weight[row];
  }
  return Math.max(1, Math.sqrt(sum / total));
}

/** Weights scaled to a mean of one over rows before `to`, so that sums count quotes. */
export function unitWeights({ weight }: QuoteSet, to: number): Float64Array {
  let total = 0;
  for (let row = 0; row < to; row++) total += weight[row];
  return weight.map((value) => (value * to) / total);
}
