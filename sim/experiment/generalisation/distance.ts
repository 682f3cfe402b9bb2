import type { FeatureName, FeatureTable } from "../../../src/models/pricing-model.ts";
import { featureNames } from "../../../src/models/pricing-model.ts";
import { mean, standardDeviation } from "../../../src/statistics/moments.ts";

/** What all quotes of a moment share. */
const shared: readonly FeatureName[] = featureNames.filter((name) => name !== "logMoneyness" && name !== "years");

/** Shares of quotes. */
export interface Outside {
  /** Quotes with any feature outside its range in training. */
  readonly quotes: number;
  /** Features outside their range, mean over quotes. */
  readonly features: number;
}

/**
 * The features that training saw, and how far others lie from them. No price and no model is looked at, so that a
 * keeper could compute the same in production.
 */
export class TrainedFeatures {
  /** Of the features that vary in training. */
  readonly #ranges: readonly (readonly [name: FeatureName, low: number, high: number])[];
  /** Features that vary in training, with their location and scale there. */
  readonly #scales: readonly (readonly [name: FeatureName, mean: number, sd: number])[];
  /** Standardised features of each training moment. */
  readonly #moments: readonly Float64Array[];
  /** Mean distance between two training moments. */
  readonly #within: number;

  /** @param moments - first row of each moment */
  constructor(training: FeatureTable, moments: readonly number[]) {
    this.#ranges = featureNames.flatMap((name) => {
      const [low, high] = rangeOf(training[name]);
      return low < high ? [[name, low, high] as const] : [];
    });
    this.#scales = shared.flatMap((name) => {
      const values = Float64Array.from(moments, (row) => training[name][row]);
      const sd = standardDeviation(values);
      return sd > 0 ? [[name, mean(values), sd] as const] : [];
    });
    this.#moments = moments.map((row) => this.#standardised(training, row));
    const distances = this.#moments.map((moment) => this.#meanDistance(moment));
    this.#within = distances.reduce((sum, distance) => sum + distance, 0) / distances.length;
  }

  /** How much of the rows `from` … `to` − 1 lies outside the ranges of training. */
  outside(features: FeatureTable, from: number, to: number): Outside {
    const outside = new Uint8Array(to - from);
    let values = 0;
    for (const [name, low, high] of this.#ranges) {
      const column = features[name];
      for (let row = from; row < to; row++) {
        if (column[row] >= low && column[row] <= high) continue;
        outside[row - from] = 1;
        values++;
      }
    }
    const quotes = outside.reduce((sum, isOutside) => sum + isOutside, 0);
    return { quotes: quotes / (to - from), features: values / ((to - from) * this.#ranges.length) };
  }

  /**
   * Energy distance √(2E|X − y| − E|X − X'|) of one moment y, that of a row, from the moments X of training, in units of
   * their standard deviations. Zero only if training was that one moment; a moment like those of training lies at
   * about the root of their mean distance from each other.
   * @see Székely & Rizzo (2013), "Energy statistics"
   */
  energy(features: FeatureTable, row: number): number {
    return Math.sqrt(Math.max(0, 2 * this.#meanDistance(this.#standardised(features, row)) - this.#within));
  }

  #standardised(features: FeatureTable, row: number): Float64Array {
    return Float64Array.from(this.#scales, ([name, centre, sd]) => (features[name][row] - centre) / sd);
  }

  #meanDistance(point: Float64Array): number {
    let sum = 0;
    for (const moment of this.#moments) {
      let square = 0;
      for (let i = 0; i < point.length; i++) square += (moment[i] - point[i]) ** 2;
      sum += Math.sqrt(square);
    }
    return sum / this.#moments.length;
  }
}

function rangeOf(values: Float64Array): readonly [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}
