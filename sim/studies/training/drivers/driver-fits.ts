import { splitCalm } from "../../../../src/models/calm-split.ts";
import {
  elasticNet,
  GAP_TOLERANCE,
  KKT_TOLERANCE,
  largestStrength,
  standardise,
  unstandardise,
} from "../../../../src/models/coordinate-descent.ts";
import {
  fitInputScaler,
  learnedInputs,
  LEARNED_INPUTS,
  type InputScaler,
} from "../../../../src/models/learned-inputs.ts";
import { dot, factor, normalEquations, solveFactored } from "../../../../src/models/least-squares.ts";
import type { NormalEquations } from "../../../../src/models/least-squares.ts";
import { ModelFitError } from "../../../../src/models/model-fit-error.ts";
import { ridgeGrid } from "../../../../src/models/polynomial.ts";
import type { FeatureTable, QuoteSet } from "../../../../src/models/pricing-model.ts";
import { validationError } from "../../../../src/models/validation.ts";

/** The same quadratic polynomial fitted in four ways, dense ones first. */
export const driverFits = ["least squares", "ridge", "lasso", "elastic net"] as const;
export type DriverFit = (typeof driverFits)[number];

/**
 * Share of the penalty that is absolute; none: a dense fit. The lasso has a trace of quadratic penalty, which tells apart
 * terms that few days cannot.
 */
const mixes: Readonly<Partial<Record<DriverFit, number>>> = { lasso: 0.99, "elastic net": 0.5 };
/** Strengths tried by sparse fits, as shares of the one that leaves no term. */
const STRENGTHS = Array.from({ length: 13 }, (_, i) => 10 ** (-i / 4));
/** Penalty per quote that stands in where calm days are too few to tell the terms of least squares apart. */
const TRACE = 1e-9;

/** Inputs of each term beyond the intercept: each alone, then every product of two. */
const terms: readonly (readonly number[])[] = [
  ...Array.from({ length: LEARNED_INPUTS }, (_, i) => [i]),
  ...Array.from({ length: LEARNED_INPUTS }, (_, i) =>
    Array.from({ length: LEARNED_INPUTS - i }, (_, j) => [i, i + j]),
  ).flat(),
];
const COLUMNS = 1 + terms.length;

/** Calm quotes as a design: a quadratic polynomial of all ten standardised inputs of the learned models. */
export class DriverDesign {
  readonly #calm: QuoteSet;
  readonly #scaler: InputScaler;
  readonly #rows: Float64Array;
  readonly #split;
  /** Of the fit part, and of all calm quotes. */
  readonly #early: Part;
  readonly #all: Part;
  readonly #chosen = new Map<DriverFit, number>();

  constructor(calm: QuoteSet) {
    this.#calm = calm;
    this.#split = splitCalm("drivers", calm);
    this.#scaler = fitInputScaler(calm, this.#split.count);
    this.#rows = termRows(calm.features, this.#scaler);
    const design = { rows: this.#rows, columns: COLUMNS, target: calm.target, weight: calm.weight };
    const part = (to: number): Part => {
      const squares = calm.target.reduce((sum, y, i) => (i < to ? sum + calm.weight[i] * y * y : sum), 0);
      return { equations: normalEquations(design, 0, to), squares, to };
    };
    this.#early = part(this.#split.fitEnd);
    this.#all = part(this.#split.count);
  }

  /** Raw vols of quotes under coefficients. */
  vols(coefficients: Float64Array, at: FeatureTable): Float64Array {
    const rows = termRows(at, this.#scaler);
    return Float64Array.from({ length: at.count }, (_, row) => dot(rows, row * COLUMNS, coefficients));
  }

  /**
   * Coefficients, the intercept first. The penalty is the one with the least error on calm validation days; a fit that
   * leaves an input out keeps the penalty of the whole one.
   * @throws {ModelFitError} when the terms cannot be told apart
   */
  fit(name: DriverFit, without?: number): Float64Array {
    const { validationStart, count } = this.#split;
    let penalty = this.#chosen.get(name);
    if (penalty === undefined) {
      const grid = name === "least squares" ? [TRACE] : name === "ridge" ? ridgeGrid : STRENGTHS;
      const errors = grid.map((trial) => {
        const coefficients = solve(name, trial, this.#early);
        const vols = Float64Array.from({ length: count }, (_, row) =>
          row < validationStart ? 0 : dot(this.#rows, row * COLUMNS, coefficients),
        );
        return validationError(this.#calm, vols, validationStart);
      });
      penalty = grid[errors.indexOf(Math.min(...errors))];
      this.#chosen.set(name, penalty);
    }
    return solve(name, penalty, this.#all, without);
  }

  /**
   * Mean size of each input's contribution to the vols of the calm quotes: its Shapley value against the quote with all
   * inputs at their calm means, which of a quadratic polynomial is bᵢzᵢ + bᵢᵢzᵢ² + Σⱼ bᵢⱼzᵢzⱼ/2.
   */
  meanContributions(coefficients: Float64Array): Float64Array {
    const shares = this.contributions(coefficients);
    const means = new Float64Array(LEARNED_INPUTS);
    shares.forEach((share, i) => (means[i % LEARNED_INPUTS] += Math.abs(share) / this.#split.count));
    return means;
  }

  /** Contributions of all inputs to the vols of the calm quotes, quote after quote; they sum to the raw vol less the intercept. */
  contributions(coefficients: Float64Array): Float64Array {
    const shares = new Float64Array(this.#split.count * LEARNED_INPUTS);
    for (let row = 0; row < this.#split.count; row++) {
      terms.forEach((term, i) => {
        const value = this.#rows[row * COLUMNS + i + 1] * coefficients[i + 1];
        for (const input of term) shares[row * LEARNED_INPUTS + input] += value / term.length;
      });
    }
    return shares;
  }
}

function termRows(at: FeatureTable, scaler: InputScaler): Float64Array {
  const inputs = learnedInputs(at, scaler);
  const rows = new Float64Array(at.count * COLUMNS);
  for (let row = 0; row < at.count; row++) {
    const from = row * LEARNED_INPUTS;
    rows[row * COLUMNS] = 1;
    terms.forEach(([i, j], t) => {
      rows[row * COLUMNS + t + 1] = inputs[from + i] * (j === undefined ? 1 : inputs[from + j]);
    });
  }
  return rows;
}

/** Normal equations of the rows before `to`, with Σ w y² of them. */
interface Part {
  readonly equations: NormalEquations;
  readonly squares: number;
  readonly to: number;
}

/** Solves on a part of the rows; terms of the input left out have no coefficient. */
function solve(name: DriverFit, penalty: number, { equations, squares, to }: Part, without?: number): Float64Array {
  const kept = [0, ...terms.flatMap((term, i) => (without !== undefined && term.includes(without) ? [] : [i + 1]))];
  const { gram, moment } = equationsOf(equations, kept);
  const mix = mixes[name];
  let solution: Float64Array;
  if (mix === undefined) {
    const lower = factor(gram, kept.length, penalty * to);
    if (lower === undefined) throw new ModelFitError(name, "the terms cannot be told apart", `${kept.length} terms`);
    solution = solveFactored(lower, moment);
  } else {
    const problem = standardise({ gram, moment }, squares);
    const strength = largestStrength(problem, mix) * penalty;
    const fitted = elasticNet(problem, { strength, mix }, new Float64Array(kept.length - 1));
    if (!(fitted.violation <= KKT_TOLERANCE && fitted.gap <= GAP_TOLERANCE)) {
      throw new ModelFitError(name, "coordinate descent is not at its optimum", `violation ${fitted.violation}`);
    }
    solution = unstandardise(problem, fitted.coefficients);
  }
  const all = new Float64Array(COLUMNS);
  kept.forEach((column, i) => (all[column] = solution[i]));
  return all;
}

/** The equations of some of the columns, ascending. */
function equationsOf({ gram, moment }: NormalEquations, kept: readonly number[]): NormalEquations {
  const part = {
    gram: new Float64Array(kept.length ** 2),
    moment: Float64Array.from(kept, (column) => moment[column]),
  };
  kept.forEach((column, i) => {
    for (let j = 0; j <= i; j++) part.gram[i * kept.length + j] = gram[column * COLUMNS + kept[j]];
  });
  return part;
}
