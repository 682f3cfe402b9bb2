import type { Random } from "../random/random.ts";

/**
 * A network of one hidden layer: f(z) = c + Σₕ vₕ tanh(aₕ + Σᵢ Wₕᵢ zᵢ). Its parameters in one array: for each hidden
 * unit its input weights and its offset a, then all v, then c.
 */
export interface NetworkShape {
  readonly inputs: number;
  readonly hidden: number;
}

/** Rows of a regression: standardised inputs row after row, target and weight of each row. */
export interface NetworkData {
  readonly inputs: Float64Array;
  readonly target: Float64Array;
  readonly weight: Float64Array;
}

export function parameterCount({ inputs, hidden }: NetworkShape): number {
  return hidden * (inputs + 2) + 1;
}

/**
 * Starting parameters: weights normal with variance 1/fan-in, offsets zero. Drawn from purpose 0 of the stream.
 * @see LeCun et al. (1998), "Efficient BackProp", section 4.6
 */
export function initialParameters({ inputs, hidden }: NetworkShape, random: Random): Float64Array {
  const parameters = new Float64Array(parameterCount({ inputs, hidden }));
  for (let unit = 0; unit < hidden; unit++) {
    for (let i = 0; i < inputs; i++) {
      const place = unit * (inputs + 1) + i;
      parameters[place] = random.normal(place, 0) / Math.sqrt(inputs);
    }
    const place = hidden * (inputs + 1) + unit;
    parameters[place] = random.normal(place, 0) / Math.sqrt(hidden);
  }
  return parameters;
}

/** Values of the hidden units at a row, written to `units`. */
export function hiddenUnits(
  { inputs, hidden }: NetworkShape,
  parameters: Float64Array,
  rows: Float64Array,
  offset: number,
  units: Float64Array,
): void {
  for (let unit = 0; unit < hidden; unit++) {
    const line = unit * (inputs + 1);
    let sum = parameters[line + inputs];
    for (let i = 0; i < inputs; i++) sum += parameters[line + i] * rows[offset + i];
    units[unit] = Math.tanh(sum);
  }
}

/** Output at every row. */
export function networkOutputs(shape: NetworkShape, parameters: Float64Array, rows: Float64Array): Float64Array {
  const { inputs, hidden } = shape;
  const units = new Float64Array(hidden);
  const top = hidden * (inputs + 1);
  return Float64Array.from({ length: rows.length / inputs }, (_, row) => {
    hiddenUnits(shape, parameters, rows, row * inputs, units);
    let sum = parameters[top + hidden];
    for (let unit = 0; unit < hidden; unit++) sum += parameters[top + unit] * units[unit];
    return sum;
  });
}

/**
 * Weighted mean squared error over two, plus decay/2 times the sum of squared weights (offsets are free), of rows before
 * `to`; writes its gradient by back-propagation.
 */
export function networkLoss(
  shape: NetworkShape,
  { inputs: rows, target, weight }: NetworkData,
  to: number,
  decay: number,
  parameters: Float64Array,
  gradient: Float64Array,
): number {
  const { inputs, hidden } = shape;
  const top = hidden * (inputs + 1);
  const units = new Float64Array(hidden);
  let loss = 0;
  let total = 0;
  gradient.fill(0);
  for (let row = 0; row < to; row++) {
    const offset = row * inputs;
    hiddenUnits(shape, parameters, rows, offset, units);
    let error = parameters[top + hidden] - target[row];
    for (let unit = 0; unit < hidden; unit++) error += parameters[top + unit] * units[unit];
    const slope = weight[row] * error;
    loss += (slope * error) / 2;
    total += weight[row];
    gradient[top + hidden] += slope;
    for (let unit = 0; unit < hidden; unit++) {
      const value = units[unit];
      gradient[top + unit] += slope * value;
      const back = slope * parameters[top + unit] * (1 - value * value);
      const line = unit * (inputs + 1);
      for (let i = 0; i < inputs; i++) gradient[line + i] += back * rows[offset + i];
      gradient[line + inputs] += back;
    }
  }
  let squares = 0;
  for (let place = 0; place < parameters.length; place++) {
    gradient[place] /= total;
    const isOffset = place < top ? place % (inputs + 1) === inputs : place === top + hidden;
    if (isOffset) continue;
    squares += parameters[place] ** 2;
    gradient[place] += decay * parameters[place];
  }
  return loss / total + (decay / 2) * squares;
}

/** Derivative of the output at a row by every parameter. */
export function outputGradient(
  shape: NetworkShape,
  parameters: Float64Array,
  rows: Float64Array,
  offset: number,
): Float64Array {
  const { inputs, hidden } = shape;
  const top = hidden * (inputs + 1);
  const units = new Float64Array(hidden);
  const gradient = new Float64Array(parameters.length);
  hiddenUnits(shape, parameters, rows, offset, units);
  gradient[top + hidden] = 1;
  for (let unit = 0; unit < hidden; unit++) {
    gradient[top + unit] = units[unit];
    const back = parameters[top + unit] * (1 - units[unit] ** 2);
    const line = unit * (inputs + 1);
    for (let i = 0; i < inputs; i++) gradient[line + i] = back * rows[offset + i];
    gradient[line + inputs] = back;
  }
  return gradient;
}
