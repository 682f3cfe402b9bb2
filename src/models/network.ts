import { EigenvalueDecomposition, Matrix } from "ml-matrix";

import type { LinearPosterior } from "./bayesian-regression.ts";
import {
  coefficientVariance,
  intraclassCorrelation,
  linearPosterior,
  weightedSquares,
  whitened,
} from "./bayesian-regression.ts";
import { checkCalm, splitCalm, summarise } from "./calm-split.ts";
import { logVolBeyond, realisedRange } from "./extrapolation.ts";
import { freeze } from "./frozen-model.ts";
import type { InputScaler } from "./learned-inputs.ts";
import { fitInputScaler, learnedInputNames, learnedUses, liveInputs, liveRows } from "./learned-inputs.ts";
import { designCondition, normalEquations } from "./least-squares.ts";
import { ModelFitError } from "./model-fit-error.ts";
import type { NetworkData, NetworkShape } from "./perceptron.ts";
import { hiddenUnits, initialParameters, networkLoss, networkOutputs, outputGradient } from "./perceptron.ts";
import type { PricingModel, QuoteSet } from "./pricing-model.ts";
import type { DescentEnd } from "./quasi-newton.ts";
import { quasiNewton } from "./quasi-newton.ts";
import { unitWeights, weightedMean, widening } from "./validation.ts";

/** How a network is trained. */
export interface NetworkTraining {
  readonly hidden: number;
  /** Weight decay, in units of the variance of ln vol. */
  readonly decay: number;
  readonly iterations: number;
  /** Iterations without a lower error on calm validation days after which training stops; undefined: it never does. */
  readonly patience: number | undefined;
}

/** A small network trained to the end, as a baseline for what discipline does. */
export const networkModel = networkWith(
  "network",
  "network of eight tanh units on all public features, trained to the end",
  { hidden: 8, decay: 0, iterations: 80, patience: undefined },
);

/** The same with weight decay, stopped where calm validation days say. */
export const networkDecayModel = networkWith(
  "network-decay",
  "the same network with weight decay, stopped early on purged calm validation days",
  { hidden: 8, decay: 1e-3, iterations: 80, patience: 10 },
);

/**
 * A network of ln vol on all public features by full-batch quasi-Newton steps from starting weights of the stream.
 * The number of steps is found on the fit part and taken again over all calm quotes. The standard deviation is the
 * noise's and the output layer's posterior (the hidden units taken as given; errors that quotes of a moment share
 * allowed for), widened to what calm validation days showed.
 */
export function networkWith(name: string, summary: string, training: NetworkTraining): PricingModel {
  return {
    name,
    summary,
    information: "prices",
    fit(calm, random) {
      checkCalm(name, calm, ["logMoneyness", "years"], 50);
      const { fitEnd, validationStart, count } = splitCalm(name, calm);
      const scaler = fitInputScaler(calm, count);
      const shape: NetworkShape = { inputs: liveInputs(scaler).length, hidden: training.hidden };
      const { data, mean, sd } = networkData(name, calm, scaler);
      const start = initialParameters(shape, random.fork(name));
      const early = trainEarly(shape, training, data, fitEnd, rowsFrom(shape, data, validationStart), start);
      const wider = earlyWidening(name, shape, early.at, data, sd, calm, fitEnd, validationStart);
      const { at: parameters } = train(shape, training.decay, data, count, start, early.iterations);
      const posterior = outputPosterior(name, shape, parameters, data, calm.time, count);
      const realised = realisedRange(calm, count);
      return freeze({
        name,
        information: "prices",
        uses: learnedUses,
        imputation: scaler.imputation,
        realised,
        trainedOn: summarise(calm),
        parameters: {
          inputs: learnedInputNames,
          scaler,
          realised,
          mean,
          sd,
          training,
          parameters,
          posterior,
          widening: wider,
        },
        diagnostics: () => {
          const { gram, size } = jacobianGram(shape, parameters, data);
          return {
            degreesOfFreedom: effectiveParameters(gram, size, training.decay),
            boundsActive:
              early.iterations === training.iterations && training.patience !== undefined ? ["iterations"] : [],
            conditionNumber: designCondition(gram, size, training.decay),
          };
        },
        raw(at) {
          const outputs = networkOutputs(shape, parameters, liveRows(at, scaler));
          return outputs.map((output) => Math.exp(mean + sd * output));
        },
        sdMany(vol, at) {
          const variance = outputVariance(shape, parameters, posterior, liveRows(at, scaler));
          return vol.map((value, row) => value * wider * sd * Math.sqrt(variance[row]));
        },
      });
    },
  };
}

/** Inputs and standardised ln vol of the calm quotes. */
function networkData(model: string, calm: QuoteSet, scaler: InputScaler) {
  const logs = calm.target.map(Math.log);
  const mean = weightedMean(logs, calm.weight);
  const sd = Math.sqrt(
    weightedMean(
      logs.map((value) => (value - mean) ** 2),
      calm.weight,
    ),
  );
  if (!(sd > 1e-9)) throw new ModelFitError(model, "quoted vols never vary", `${logs.length} calm quotes`);
  const data: NetworkData = {
    inputs: liveRows(calm.features, scaler),
    target: logs.map((value) => (value - mean) / sd),
    weight: unitWeights(calm, logs.length),
  };
  return { data, mean, sd };
}

function rowsFrom(shape: NetworkShape, { inputs, target, weight }: NetworkData, from: number): NetworkData {
  return {
    inputs: inputs.subarray(from * shape.inputs),
    target: target.subarray(from),
    weight: weight.subarray(from),
  };
}

function train(
  shape: NetworkShape,
  decay: number,
  data: NetworkData,
  to: number,
  start: Float64Array,
  iterations: number,
  isEnough?: (parameters: Float64Array, iteration: number) => boolean,
): DescentEnd {
  const objective = (parameters: Float64Array, gradient: Float64Array) =>
    networkLoss(shape, data, to, decay, parameters, gradient);
  return quasiNewton(objective, start, iterations, isEnough);
}

/** Trains on rows before `to`; with patience, ends at the parameters with the least error on the late rows. */
function trainEarly(
  shape: NetworkShape,
  { decay, iterations, patience }: NetworkTraining,
  data: NetworkData,
  to: number,
  late: NetworkData,
  start: Float64Array,
): DescentEnd {
  if (patience === undefined) return train(shape, decay, data, to, start, iterations);
  const lateLoss = (parameters: Float64Array) =>
    networkLoss(shape, late, late.target.length, 0, parameters, new Float64Array(parameters.length));
  let best: DescentEnd = { at: start, value: lateLoss(start), iterations: 0 };
  train(shape, decay, data, to, start, iterations, (parameters, iteration) => {
    const value = lateLoss(parameters);
    if (value < best.value) best = { at: parameters, value, iterations: iteration };
    return iteration - best.iterations >= patience;
  });
  return best;
}

/** Rows of the output layer's regression: 1 and the hidden units. */
function outputRows({ inputs, hidden }: NetworkShape, parameters: Float64Array, rows: Float64Array): Float64Array {
  const count = rows.length / inputs;
  const layer = new Float64Array(count * (hidden + 1));
  for (let row = 0; row < count; row++) {
    const offset = row * (hidden + 1);
    layer[offset] = 1;
    hiddenUnits({ inputs, hidden }, parameters, rows, row * inputs, layer.subarray(offset + 1, offset + 1 + hidden));
  }
  return layer;
}

/** Prior precision of output weights: their starting variance is 1/hidden and the target's is 1. */
const outputPrecision = ({ hidden }: NetworkShape): number => hidden;

function outputPosterior(
  model: string,
  shape: NetworkShape,
  parameters: Float64Array,
  data: NetworkData,
  moments: Float64Array,
  to: number,
): LinearPosterior {
  const columns = shape.hidden + 1;
  const rows = outputRows(shape, parameters, data.inputs);
  const design = { rows, columns, target: data.target, weight: data.weight };
  const outputs = networkOutputs(shape, parameters, data.inputs.subarray(0, to * shape.inputs));
  const residuals = outputs.map((output, row) => data.target[row] - output);
  const independent = whitened(design, moments, intraclassCorrelation(residuals, moments), to);
  const equations = normalEquations(independent, 0, to);
  return linearPosterior(model, equations, weightedSquares(independent, to), to, outputPrecision(shape));
}

/** Variance of each row's standardised output: the output layer's and the noise's. */
function outputVariance(
  shape: NetworkShape,
  parameters: Float64Array,
  posterior: LinearPosterior,
  inputs: Float64Array,
): Float64Array {
  const columns = shape.hidden + 1;
  const rows = outputRows(shape, parameters, inputs);
  return Float64Array.from({ length: rows.length / columns }, (_, row) => {
    return coefficientVariance(posterior, rows.subarray(row * columns, (row + 1) * columns)) + posterior.noiseVariance;
  });
}

function earlyWidening(
  model: string,
  shape: NetworkShape,
  parameters: Float64Array,
  data: NetworkData,
  sd: number,
  calm: QuoteSet,
  fitEnd: number,
  from: number,
): number {
  const posterior = outputPosterior(model, shape, parameters, data, calm.time, fitEnd);
  const late = rowsFrom(shape, data, from);
  const outputs = networkOutputs(shape, parameters, late.inputs);
  const variance = outputVariance(shape, parameters, posterior, late.inputs);
  const beyond = logVolBeyond(realisedRange(calm, fitEnd), calm.features);
  return widening(calm, from, (row) => ({
    error: late.target[row - from] - outputs[row - from],
    variance: variance[row - from] + (beyond[row] / sd) ** 2,
  }));
}

/** JᵀJ/n of the output by the parameters: the Gauss–Newton Hessian of the loss. */
function jacobianGram(shape: NetworkShape, parameters: Float64Array, data: NetworkData) {
  const count = data.target.length;
  const size = parameters.length;
  const rows = new Float64Array(count * size);
  for (let row = 0; row < count; row++) {
    rows.set(outputGradient(shape, parameters, data.inputs, row * shape.inputs), row * size);
  }
  const { gram } = normalEquations({ rows, columns: size, target: data.target, weight: data.weight }, 0, count);
  return { gram: gram.map((value) => value / count), size };
}

/** Share of the largest eigenvalue below which a direction in the parameters is not determined by the data. */
const DETERMINED = 1e-12;

/**
 * Σ μᵢ/(μᵢ + decay) over the eigenvalues of the Gauss–Newton Hessian, offsets taken as decayed too.
 * @see MacKay (1992), "Bayesian interpolation", section 4.1
 */
function effectiveParameters(gram: Float64Array, size: number, decay: number): number {
  const matrix = new Matrix(size, size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) matrix.set(i, j, gram[Math.max(i, j) * size + Math.min(i, j)]);
  const values = new EigenvalueDecomposition(matrix, { assumeSymmetric: true }).realEigenvalues;
  const least = DETERMINED * Math.max(...values);
  return values.filter((value) => value > least).reduce((sum, value) => sum + value / (value + decay), 0);
}
