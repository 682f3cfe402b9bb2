import type { FeatureName, FeatureTable } from "../../../src/models/pricing-model.ts";
import { featureNames } from "../../../src/models/pricing-model.ts";
import { mean, standardDeviation } from "../../../src/statistics/moments.ts";
import { spearman, spearmanInterval } from "../../../src/statistics/spearman.ts";
import type { ModelResult } from "../../results/generalisation.ts";
import type { GeneralisationConfig } from "./config.ts";
import type { DesignName, MarketQuotes } from "./quotes.ts";
import { designNames, designSize } from "./quotes.ts";

/** What all quotes of a moment share. */
const shared: readonly FeatureName[] = featureNames.filter((name) => name !== "logMoneyness" && name !== "years");

/** How far the quotes of a moment lie from those of training. */
export interface MomentDistance {
  readonly outside: Readonly<Record<DesignName, Outside>>;
  readonly energy: number;
}

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
  /** Standardised features of the training moments, moment by moment. */
  readonly #moments: Float64Array;
  readonly #count: number;
  /** Mean distance between two training moments. */
  readonly #within: number;

  /** @param moments - first row of each moment */
  constructor(training: FeatureTable, moments: readonly number[]) {
    this.#ranges = featureNames.flatMap((name) => {
      const [low, high] = rangeOf(training[name]);
      return low < high ? [[name, low, high] as const] : [];
    });
    this.#scales = shared.flatMap((name) => {
      const column = training[name];
      const values = Float64Array.from(moments, (row) => column[row]);
      const sd = standardDeviation(values);
      return sd > 0 ? [[name, mean(values), sd] as const] : [];
    });
    const size = this.#scales.length;
    this.#count = moments.length;
    this.#moments = new Float64Array(size * moments.length);
    moments.forEach((row, i) => this.#moments.set(this.#standardised(training, row), i * size));
    let sum = 0;
    for (let i = 0; i < this.#count; i++) sum += this.#meanDistance(this.#moments.subarray(i * size, (i + 1) * size));
    this.#within = sum / this.#count;
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
    const point = new Float64Array(this.#scales.length);
    this.#scales.forEach(([name, centre, sd], i) => (point[i] = (features[name][row] - centre) / sd));
    return point;
  }

  #meanDistance(point: Float64Array): number {
    const moments = this.#moments;
    const size = point.length;
    let sum = 0;
    for (let at = 0; at < moments.length; at += size) {
      let square = 0;
      for (let i = 0; i < size; i++) square += (moments[at + i] - point[i]) ** 2;
      sum += Math.sqrt(square);
    }
    return sum / this.#count;
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

/**
 * Distances of a replicate's test moments, by severity, by age.
 * @param tests - path by path (calm A, calm B, then rising severities above 0; severity 0 is calm A), age by age, design
 * by design
 */
export function distancesOf(
  { scenario, severities }: GeneralisationConfig,
  training: MarketQuotes,
  { features }: MarketQuotes,
): MomentDistance[][] {
  const perDay = designSize(scenario, "standardised");
  const first = Array.from({ length: scenario.training.days }, (_, day) => day * perDay);
  const trained = new TrainedFeatures(training.features, first);
  const [listed, standardised] = designNames.map((design) => designSize(scenario, design));
  const positive = severities.filter((severity) => severity > 0);
  return severities.map((severity) => {
    const path = severity === 0 ? 0 : 2 + positive.indexOf(severity);
    return scenario.scoring.ages.map((_, age, ages) => {
      const from = (path * ages.length + age) * (listed + standardised);
      const between = from + listed;
      return {
        outside: {
          listed: trained.outside(features, from, between),
          standardised: trained.outside(features, between, between + standardised),
        },
        energy: trained.energy(features, from),
      };
    });
  });
}

/** Fewest replicates of an interval of a rank correlation. */
const FEWEST_FOR_CORRELATION = 10;

/**
 * Whether the distance by features foretells a gap: Spearman's correlation over replicates.
 * @returns null with too few of them, or where either does not vary
 */
export function foretold(distances: readonly number[], gaps: readonly number[]): ModelResult["foretold"] {
  const n = gaps.length;
  if (n < FEWEST_FOR_CORRELATION || new Set(distances).size < 2 || new Set(gaps).size < 2) return null;
  const rho = spearman(distances, gaps);
  return { rho, ...spearmanInterval(rho, n), n };
}
