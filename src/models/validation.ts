import tQuantile from "@stdlib/stats-base-dists-t-quantile";

import { normalQuantile } from "../random/normal-quantile.ts";
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

/** Two-sided level at which a normal band of the widened deviation is to hold. */
const BAND = 0.9;

/**
 * How many times wider the errors of rows `from` and later were than the standard deviations that were given with them,
 * at least 1: what a model thinks of its own certainty can be widened by calm validation, not narrowed.
 *
 * That is estimated from a few moments whose errors resemble each other, so that a band of 90 % is Student's: with as many
 * degrees of freedom as the moments' errors, taken as of first order, count for.
 */
export function widening(
  calm: QuoteSet,
  from: number,
  predicted: (row: number) => { readonly error: number; readonly variance: number },
): number {
  let sum = 0;
  let total = 0;
  const byMoment: number[] = [];
  let [ofMoment, quotes] = [0, 0];
  for (let row = from; row < calm.target.length; row++) {
    const { error, variance } = predicted(row);
    sum += (calm.weight[row] * error * error) / variance;
    total += calm.weight[row];
    ofMoment += error / Math.sqrt(variance);
    quotes++;
    if (row + 1 === calm.target.length || calm.time[row + 1] !== calm.time[row]) {
      byMoment.push(ofMoment / quotes);
      [ofMoment, quotes] = [0, 0];
    }
  }
  const student = tQuantile((1 + BAND) / 2, effectiveCount(byMoment)) / normalQuantile((1 + BAND) / 2);
  return Math.max(1, Math.sqrt(sum / total)) * student;
}

/** Fewest independent errors that a scale is taken to rest on. */
const FEWEST_EFFECTIVE = 2;

/**
 * How many independent ones errors in a row count for, n (1 − ρ)/(1 + ρ), with their correlation from one to the next
 * corrected for its bias in short series.
 * @see Marriott & Pope (1954), "Bias in the estimation of autocorrelations", for errors about zero
 */
function effectiveCount(errors: readonly number[]): number {
  const count = errors.length;
  let [products, squares] = [0, 0];
  errors.forEach((error, i) => {
    squares += error * error;
    if (i > 0) products += error * errors[i - 1];
  });
  const raw = squares > 0 ? products / squares : 0;
  const correlation = Math.min(0.99, Math.max(0, raw + (2 * raw) / count));
  return Math.max(FEWEST_EFFECTIVE, (count * (1 - correlation)) / (1 + correlation));
}

/** Weights scaled to a mean of one over rows before `to`, so that sums count quotes. */
export function unitWeights({ weight }: QuoteSet, to: number): Float64Array {
  let total = 0;
  for (let row = 0; row < to; row++) total += weight[row];
  return weight.map((value) => (value * to) / total);
}
