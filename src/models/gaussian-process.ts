import { nelderMead } from "../pricing/nelder-mead.ts";
import type { Random } from "../random/random.ts";
import { checkCalm, splitCalm, summarise } from "./calm-split.ts";
import { logVolBeyond, realisedRange } from "./extrapolation.ts";
import { freeze } from "./frozen-model.ts";
import type { GaussianProcess, KernelSettings, Observations } from "./gaussian-process-regression.ts";
import { condition, functionCovariance, processMean, processVariance } from "./gaussian-process-regression.ts";
import { fitInputScaler, learnedInputNames, learnedUses, liveInputs, liveRows } from "./learned-inputs.ts";
import { designCondition, solveFactored } from "./least-squares.ts";
import type { PricingModel, QuoteSet } from "./pricing-model.ts";
import { weightedMean, widening } from "./validation.ts";

const NAME = "gaussian-process";

/** Quotes that hyperparameters are chosen on, and that the process is conditioned on; their cube is the cost. */
const HYPER_QUOTES = 100;
const QUOTES = 200;
/** Most evaluations of the marginal likelihood. */
const EVALUATIONS = 100;

/** Logarithms of the six hyperparameters: where they start, and the range that they keep to. */
const HYPERPARAMETERS = [
  { name: "signal", start: 0.3, low: 0.01, high: 3 },
  { name: "length scale of moneyness", start: 2, low: 0.2, high: 20 },
  { name: "length scale of tenor", start: 2, low: 0.2, high: 20 },
  { name: "length scale of the moment", start: 3, low: 0.2, high: 20 },
  { name: "shared error", start: 0.05, low: 0.001, high: 1 },
  { name: "noise", start: 0.02, low: 0.001, high: 1 },
] as const;

/**
 * Gaussian process of ln vol on all public features, Matérn 5/2, conditioned on a random subset of the calm quotes.
 *
 * Hyperparameters (one length scale for moneyness, one for the tenor, one for all features of the moment; an error that
 * quotes of a moment share) maximise the marginal likelihood of a smaller subset of the fit part. Far from what
 * training saw it returns to the geometric mean of the calm quotes with the signal's standard deviation.
 */
export const gaussianProcessModel: PricingModel = {
  name: NAME,
  summary: "Gaussian process of ln vol on all public features, with posterior standard deviation",
  information: "prices",
  fit(calm, given) {
    const random = given.fork(NAME);
    checkCalm(NAME, calm, ["logMoneyness", "years"], 50);
    const { fitEnd, validationStart, count } = splitCalm(NAME, calm);
    const scaler = fitInputScaler(calm, count);
    const live = liveInputs(scaler);
    const inputs = liveRows(calm.features, scaler);
    const target = calm.target.map(Math.log);
    const mean = weightedMean(target, calm.weight);
    const observe = (size: number, to: number, purpose: number) =>
      observationsOf(calm, inputs, live.length, target, chosenRows(random, purpose, size, to));
    const values = likeliest(observe(HYPER_QUOTES, fitEnd, 0), live, mean);
    const settings = settingsOf(values, live);
    const early = condition(NAME, settings, observe(QUOTES, fitEnd, 1), mean);
    const wider = validationWidening(calm, early, inputs, target, fitEnd, validationStart);
    const realised = realisedRange(calm, count);
    const process = condition(NAME, settings, observe(QUOTES, count, 2), mean);
    return freeze({
      name: NAME,
      information: "prices",
      uses: learnedUses,
      imputation: scaler.imputation,
      realised,
      trainedOn: summarise(calm),
      parameters: {
        inputs: learnedInputNames,
        scaler,
        realised,
        settings,
        mean,
        observations: process.scaled,
        weights: process.weights,
        widening: wider,
      },
      diagnostics: () => ({
        degreesOfFreedom: degreesOfFreedom(process),
        boundsActive: HYPERPARAMETERS.filter(({ low, high }, i) => values[i] <= low || values[i] >= high).map(
          ({ name }) => name,
        ),
        conditionNumber: designCondition(gramOf(process), process.weights.length),
      }),
      raw: (at) => processMean(process, liveRows(at, scaler)).map(Math.exp),
      sdMany(vol, at) {
        const variance = processVariance(process, liveRows(at, scaler));
        return vol.map((value, row) => value * wider * Math.sqrt(variance[row] + errorVariance(settings)));
      },
    });
  },
};

/** Variance of a quote about the function. */
function errorVariance({ shared, noise }: KernelSettings): number {
  return shared * shared + noise * noise;
}

/** At most `size` rows before `to`, drawn without replacement, in order. */
function chosenRows(random: Random, purpose: number, size: number, to: number): number[] {
  const keys = Float64Array.from({ length: to }, (_, row) => random.uniform(row, purpose));
  const rows = Array.from(keys.keys()).sort((a, b) => keys[a] - keys[b]);
  return rows.slice(0, size).sort((a, b) => a - b);
}

function observationsOf(
  calm: QuoteSet,
  inputs: Float64Array,
  width: number,
  target: Float64Array,
  rows: number[],
): Observations {
  return {
    inputs: Float64Array.from({ length: rows.length * width }, (_, i) => {
      return inputs[rows[Math.floor(i / width)] * width + (i % width)];
    }),
    target: Float64Array.from(rows, (row) => target[row]),
    group: Float64Array.from(rows, (row) => calm.time[row]),
  };
}

/** Hyperparameters of largest marginal likelihood within their ranges. */
function likeliest(observations: Observations, live: readonly number[], mean: number): number[] {
  const valuesAt = (logs: Float64Array) =>
    HYPERPARAMETERS.map(({ low, high }, i) => Math.min(high, Math.max(low, Math.exp(logs[i]))));
  const start = HYPERPARAMETERS.map((each) => Math.log(each.start));
  const objective = (logs: Float64Array) =>
    -condition(NAME, settingsOf(valuesAt(logs), live), observations, mean).logLikelihood;
  const { at } = nelderMead(objective, start, new Float64Array(start.length).fill(0.7), {
    tolerance: 1e-3,
    evaluations: EVALUATIONS,
  });
  return valuesAt(at);
}

/** @param live - positions of the inputs that vary: 0 is moneyness, 1 the tenor, the others belong to the moment */
function settingsOf(values: readonly number[], live: readonly number[]): KernelSettings {
  const [signal, moneyness, tenor, moment, shared, noise] = values;
  return {
    shape: "matern-5/2",
    signal,
    lengthScales: live.map((input) => [moneyness, tenor][input] ?? moment),
    shared,
    noise,
  };
}

function validationWidening(
  calm: QuoteSet,
  process: GaussianProcess,
  inputs: Float64Array,
  target: Float64Array,
  fitEnd: number,
  from: number,
): number {
  const late = inputs.subarray(from * process.settings.lengthScales.length);
  const predicted = processMean(process, late);
  const variance = processVariance(process, late);
  const beyond = logVolBeyond(realisedRange(calm, fitEnd), calm.features);
  return widening(calm, from, (row) => ({
    error: target[row] - predicted[row - from],
    variance: variance[row - from] + errorVariance(process.settings) + beyond[row] ** 2,
  }));
}

/** trace of K (K + Σ)⁻¹. */
function degreesOfFreedom({ settings, scaled, lower, weights }: GaussianProcess): number {
  const count = weights.length;
  const covariance = functionCovariance(settings, scaled, count);
  let trace = 0;
  for (let i = 0; i < count; i++) {
    const column = Float64Array.from({ length: count }, (_, j) => covariance[Math.max(i, j) * count + Math.min(i, j)]);
    trace += solveFactored(lower, column)[i];
  }
  return trace;
}

/** K + Σ out of its factor, lower triangle. */
function gramOf({ lower, weights }: GaussianProcess): Float64Array {
  const count = weights.length;
  const gram = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j <= i; j++) {
      for (let k = 0; k <= j; k++) gram[i * count + j] += lower[i * count + k] * lower[j * count + k];
    }
  }
  return gram;
}
