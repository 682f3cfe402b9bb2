import { fitImputation, withoutMissing } from "./missing-features.ts";
import type { Imputation } from "./missing-features.ts";
import type { FeatureName, FeatureTable, QuoteSet } from "./pricing-model.ts";

/** Inputs of the learned models before they are standardised, all that `prices` may see. */
export const learnedInputNames = [
  "k/(σ √τ)",
  "√τ",
  "ln shortVol",
  "ln longVol",
  "volOfVol",
  "jumpShare",
  "orderFlow",
  "utilisation",
  "rateDifferential",
  "ln(1 + baseFee)",
] as const;

/** Columns of the feature table that they are made of; σ is `longVol`. */
export const learnedUses: readonly FeatureName[] = [
  "logMoneyness",
  "years",
  "shortVol",
  "longVol",
  "volOfVol",
  "jumpShare",
  "orderFlow",
  "utilisation",
  "rateDifferential",
  "baseFee",
];

export const LEARNED_INPUTS = learnedInputNames.length;

/** Realised vol under which its logarithm says nothing more. */
const LEAST_VOL = 0.01;
/** Standard deviation, relative to the mean's size, below which an input is taken as constant. */
const FLAT = 1e-9;

/**
 * Calm mean of each input and one over its standard deviation: 0 for an input that never varied in calm, of which
 * nothing can have been learned, so that whatever it becomes later moves no prediction.
 */
export interface InputScaler {
  readonly mean: readonly number[];
  readonly perSd: readonly number[];
  readonly imputation: Imputation;
}

/** Scaler of the calm quotes' rows before `to`, missing features standing at their medians. */
export function fitInputScaler(calm: QuoteSet, to: number): InputScaler {
  const imputation = fitImputation(calm, learnedUses);
  const inputs = rawInputs(withoutMissing(calm.features, imputation));
  const mean = new Array<number>(LEARNED_INPUTS).fill(0);
  const square = new Array<number>(LEARNED_INPUTS).fill(0);
  const size = to * LEARNED_INPUTS;
  for (let i = 0; i < size; i++) mean[i % LEARNED_INPUTS] += inputs[i] / to;
  for (let i = 0; i < size; i++) square[i % LEARNED_INPUTS] += (inputs[i] - mean[i % LEARNED_INPUTS]) ** 2 / to;
  const perSd = square.map((value, i) =>
    Math.sqrt(value) > FLAT * (1 + Math.abs(mean[i])) ? 1 / Math.sqrt(value) : 0,
  );
  return { mean, perSd, imputation };
}

/** Deviations from the calm mean beyond which an input stays there: powers of it are still numbers. */
const FARTHEST = 1000;

/** Standardised inputs of each row of a table, row after row; missing features stand at their calm medians. */
export function learnedInputs(at: FeatureTable, { mean, perSd, imputation }: InputScaler): Float64Array {
  return rawInputs(withoutMissing(at, imputation)).map((value, i) => {
    const input = i % LEARNED_INPUTS;
    return Math.min(FARTHEST, Math.max(-FARTHEST, (value - mean[input]) * perSd[input]));
  });
}

/** Positions of the inputs that varied in calm. */
export function liveInputs({ perSd }: InputScaler): number[] {
  return Array.from(perSd.keys()).filter((input) => perSd[input] > 0);
}

/** Standardised inputs of each row of a table, only those that varied in calm. */
export function liveRows(at: FeatureTable, scaler: InputScaler): Float64Array {
  const live = liveInputs(scaler);
  const inputs = learnedInputs(at, scaler);
  const rows = new Float64Array(at.count * live.length);
  for (let row = 0, i = 0; row < at.count; row++) {
    for (const input of live) rows[i++] = inputs[row * LEARNED_INPUTS + input];
  }
  return rows;
}

function rawInputs(at: FeatureTable): Float64Array {
  const inputs = new Float64Array(at.count * LEARNED_INPUTS);
  for (let row = 0, i = 0; row < at.count; row++) {
    const rootYears = Math.sqrt(at.years[row]);
    const long = Math.max(LEAST_VOL, at.longVol[row]);
    inputs[i++] = at.logMoneyness[row] / (long * rootYears);
    inputs[i++] = rootYears;
    inputs[i++] = Math.log(Math.max(LEAST_VOL, at.shortVol[row]));
    inputs[i++] = Math.log(long);
    inputs[i++] = at.volOfVol[row];
    inputs[i++] = at.jumpShare[row];
    inputs[i++] = at.orderFlow[row];
    inputs[i++] = at.utilisation[row];
    inputs[i++] = at.rateDifferential[row];
    inputs[i++] = Math.log1p(Math.max(0, at.baseFee[row]));
  }
  return inputs;
}
