import { RandomForestRegression } from "ml-random-forest";

import type { Random } from "../random/random.ts";
import { checkCalm, splitCalm, summarise } from "./calm-split.ts";
import type { FlatTree } from "./flat-tree.ts";
import { flatten, leafOf, leavesOf } from "./flat-tree.ts";
import { realisedRange } from "./extrapolation.ts";
import { freeze } from "./frozen-model.ts";
import { fitInputScaler, learnedInputNames, learnedUses, liveInputs, liveRows } from "./learned-inputs.ts";
import type { PricingModel, QuoteSet } from "./pricing-model.ts";
import { validationLogError } from "./validation.ts";

const NAME = "forest";

const TREES = 20;
/** Quotes that a tree is grown on: the library looks at every split of every quote, so that their square is the cost. */
const QUOTES_PER_TREE = 150;
const SMALLEST_NODE = 5;
const LARGEST_DEPTH = 8;
/** Share of the inputs that a tree may split on. */
const INPUT_SHARE = 0.7;
const SEEDS = 2 ** 31;

/**
 * Random forest of ln vol on all public features. Each tree is grown by the library on quotes of days drawn with
 * replacement from the stream, so that trees differ as days do. Outside what training saw a forest is constant; the
 * standard deviation is that of its trees and of the error on calm validation days.
 * @see Breiman (2001), "Random forests"
 */
export const forestModel: PricingModel = {
  name: NAME,
  summary: "random forest of ln vol on all public features, grown on resampled days",
  information: "prices",
  fit(calm, given) {
    const random = given.fork(NAME);
    checkCalm(NAME, calm, ["logMoneyness", "years"], 50);
    const { fitEnd, validationStart, count } = splitCalm(NAME, calm);
    const scaler = fitInputScaler(calm, count);
    const width = liveInputs(scaler).length;
    const inputs = liveRows(calm.features, scaler);
    const early = grow(calm, inputs, width, fitEnd, random.fork("early"));
    const relativeSd = validationLogError(calm, outputs(early, inputs, width).mean.map(Math.exp), validationStart);
    const trees = grow(calm, inputs, width, count, random.fork("all"));
    const realised = realisedRange(calm, count);
    return freeze({
      name: NAME,
      information: "prices",
      uses: learnedUses,
      imputation: scaler.imputation,
      realised,
      trainedOn: summarise(calm),
      parameters: { inputs: learnedInputNames, scaler, realised, trees, relativeSd },
      // The trace of the trees' mean smoother: a tree's own is its number of leaves.
      diagnostics: () => ({
        degreesOfFreedom: trees.reduce((sum, tree) => sum + leavesOf(tree), 0) / TREES,
        boundsActive: [],
        conditionNumber: null,
      }),
      raw: (at) => outputs(trees, liveRows(at, scaler), width).mean.map(Math.exp),
      sdMany(vol, at) {
        const { variance } = outputs(trees, liveRows(at, scaler), width);
        return vol.map((value, row) => value * Math.hypot(relativeSd, Math.sqrt(variance[row])));
      },
    });
  },
};

function grow(calm: QuoteSet, inputs: Float64Array, width: number, to: number, random: Random): FlatTree[] {
  const days = rowsByDay(calm.day, to);
  return Array.from({ length: TREES }, (_, tree) => {
    const rows = sampledRows(days, random.fork(tree));
    const forest = new RandomForestRegression({
      nEstimators: 1,
      seed: Math.floor(random.uniform(tree, 0) * SEEDS),
      maxFeatures: INPUT_SHARE,
      replacement: false,
      useSampleBagging: false,
      noOOB: true,
      treeOptions: { minNumSamples: SMALLEST_NODE, maxDepth: LARGEST_DEPTH },
    });
    forest.train(
      rows.map((row) => Array.from(inputs.subarray(row * width, (row + 1) * width))),
      rows.map((row) => Math.log(calm.target[row])),
    );
    return flatten(forest.toJSON());
  });
}

function rowsByDay(day: Int32Array, to: number): number[][] {
  const days: number[][] = [];
  for (let row = 0; row < to; row++) {
    if (row === 0 || day[row] !== day[row - 1]) days.push([]);
    days[days.length - 1].push(row);
  }
  return days;
}

/** As many days as there are, drawn with replacement, and quotes drawn from these in turn. */
function sampledRows(days: readonly (readonly number[])[], random: Random): number[] {
  return Array.from({ length: QUOTES_PER_TREE }, (_, draw) => {
    const rows = days[Math.floor(random.uniform(draw % days.length, 0) * days.length)];
    return rows[Math.floor(random.uniform(draw, 2) * rows.length)];
  });
}

/** Mean and variance of the trees' outputs at each row. */
function outputs(trees: readonly FlatTree[], inputs: Float64Array, width: number) {
  const count = inputs.length / width;
  const mean = new Float64Array(count);
  const variance = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    let sum = 0;
    let squares = 0;
    for (const tree of trees) {
      const value = leafOf(tree, inputs, row * width);
      sum += value;
      squares += value * value;
    }
    mean[row] = sum / trees.length;
    variance[row] = Math.max(0, squares / trees.length - mean[row] ** 2);
  }
  return { mean, variance };
}
