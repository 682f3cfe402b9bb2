import { checkCalm, splitCalm, summarise } from "./calm-split.ts";
import type { CalmSplit } from "./calm-split.ts";
import { freeze } from "./frozen-model.ts";
import { addEquations, designCondition, dot, factor, leastSquares, solveFactored } from "./least-squares.ts";
import type { LinearDesign, NormalEquations } from "./least-squares.ts";
import { ModelFitError } from "./model-fit-error.ts";
import { polynomialEquations } from "./polynomial-equations.ts";
import type { Scaler, Terms } from "./polynomial-terms.ts";
import {
  fitScaler,
  hermiteTable,
  polynomialFeatures,
  polynomialInputs,
  polynomialRows,
  polynomialTerms,
  polynomialUses,
} from "./polynomial-terms.ts";
import type { FeatureTable, FitDiagnostics, FittedModel, PricingModel, QuoteSet } from "./pricing-model.ts";
import { validationError } from "./validation.ts";

/** Penalties that ridge chooses among, as multiples of the number of quotes it is fitted on. */
export const ridgeGrid = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1] as const;

/** Polynomial of degree 5 in four standardised features, by least squares. */
export const polynomialModel: PricingModel = {
  name: "polynomial",
  summary: "polynomial of degree 5 in k/√τ, √τ, short and long realised vol, least squares",
  information: "prices",
  fit(calm) {
    const design = preparedDesign("polynomial", calm);
    const { split, early, all, linear } = design;
    const coefficients = leastSquares("polynomial", linear, all, 0, split.count);
    // Only its size is wanted of the early fit, so a trace of penalty stands in where its fewer days hardly determine it.
    const earlyFit = ridgeCoefficients(early, linear, 1e-9 * split.fitEnd);
    const sd = validationError(calm, validationVols(design, earlyFit), split.validationStart);
    return frozenPolynomial("polynomial", calm, design, coefficients, { sd, penalty: 0 }, () => ({
      degreesOfFreedom: linear.columns,
      boundsActive: [],
      conditionNumber: designCondition(all.gram, linear.columns),
    }));
  },
};

/** The same polynomial with a quadratic penalty, chosen on calm validation days. */
export const ridgeModel = ridgeWithGrid(ridgeGrid);

/** Ridge that chooses among the given penalties per quote; ‖y − b₀ − Xb‖² + λ‖b‖², intercept free. */
export function ridgeWithGrid(grid: readonly number[]): PricingModel {
  return {
    name: "ridge",
    summary: "the same polynomial with a ridge penalty chosen on purged calm validation days",
    information: "prices",
    fit(calm) {
      const design = preparedDesign("ridge", calm);
      const { split, early, all, linear } = design;
      const trials = grid.map((perQuote) => {
        const fit = ridgeCoefficients(early, linear, perQuote * split.fitEnd);
        return { perQuote, error: validationError(calm, validationVols(design, fit), split.validationStart) };
      });
      const best = trials.reduce((a, b) => (b.error < a.error ? b : a));
      const penalty = best.perQuote * split.count;
      const coefficients = ridgeCoefficients(all, linear, penalty);
      return frozenPolynomial("ridge", calm, design, coefficients, { sd: best.error, penalty }, () => ({
        degreesOfFreedom: effectiveDof(all, linear.columns, penalty),
        boundsActive: gridEnd(grid, best.perQuote),
        conditionNumber: designCondition(all.gram, linear.columns, penalty),
      }));
    },
  };
}

/** The end of the grid that was chosen, if any: the best penalty may lie beyond it. */
export function gridEnd(grid: readonly number[], chosen: number): string[] {
  if (grid.length === 1) return [];
  if (chosen === grid[0]) return ["smallest penalty of the grid"];
  return chosen === grid[grid.length - 1] ? ["largest penalty of the grid"] : [];
}

/** What the polynomial models share: their design, and its equations over the fit part and over all calm quotes. */
export interface PreparedDesign {
  readonly linear: LinearDesign;
  readonly scaler: Scaler;
  readonly terms: Terms;
  readonly split: CalmSplit;
  /** Equations of the fit part, and of all calm quotes. */
  readonly early: NormalEquations;
  readonly all: NormalEquations;
}

/** Both models are fitted on the same quotes in a row; the design is a pure function of these. */
const prepared = new WeakMap<QuoteSet, PreparedDesign>();

/** @throws {ModelFitError} naming a feature that never varies, or a quote that is no number */
export function preparedDesign(model: string, calm: QuoteSet): PreparedDesign {
  const terms = polynomialTerms(new Set(calm.features.years).size);
  checkCalm(model, calm, polynomialUses, terms.length + 1);
  const known = prepared.get(calm);
  if (known !== undefined) return known;
  const split = splitCalm(model, calm);
  const inputs = polynomialInputs(calm.features);
  const scaler = fitScaler(inputs, split.count);
  const flat = scaler.sd.findIndex((sd, i) => !(sd > 1e-12 * Math.abs(scaler.mean[i])));
  if (flat >= 0) {
    throw new ModelFitError(model, `feature ${polynomialFeatures[flat]} never varies`, `${split.count} calm quotes`);
  }
  const hermite = hermiteTable(inputs, split.count, scaler);
  const rows = rowsOf(inputs, split.count, scaler, terms);
  const linear = { rows, columns: terms.length, target: calm.target, weight: calm.weight };
  const equations = (from: number, to: number) =>
    polynomialEquations(hermite, calm.target, calm.weight, terms, from, to);
  const early = equations(0, split.fitEnd);
  const all = addEquations(early, equations(split.fitEnd, split.count));
  const design = { linear, scaler, terms, split, early, all };
  prepared.set(calm, design);
  return design;
}

interface KnownRows {
  readonly inputs: Float64Array;
  readonly scaler: Scaler;
  readonly terms: Terms;
  readonly rows: Float64Array;
}

/** The last two designs: the two models look at the same training and test quotes, one after the other. */
let knownRows: readonly KnownRows[] = [];

function rowsOf(inputs: Float64Array, count: number, scaler: Scaler, terms: Terms): Float64Array {
  const known = knownRows.find((one) => {
    return one.scaler === scaler && one.terms === terms && isSame(one.inputs, inputs);
  });
  if (known !== undefined) return known.rows;
  const rows = polynomialRows(hermiteTable(inputs, count, scaler), count, terms);
  knownRows = [{ inputs, scaler, terms, rows }, ...knownRows.slice(0, 1)];
  return rows;
}

function isSame(a: Float64Array, b: Float64Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function ridgeCoefficients({ gram, moment }: NormalEquations, { columns }: LinearDesign, penalty: number) {
  const lower = factor(gram, columns, penalty);
  if (lower === undefined) {
    throw new ModelFitError("ridge", `singular design in spite of the penalty ${penalty}`, `${columns} terms`);
  }
  return solveFactored(lower, moment);
}

/** trace of (G + λI)⁻¹ G, the intercept unpenalised: its own degree of freedom included. */
function effectiveDof({ gram }: NormalEquations, columns: number, penalty: number): number {
  const lower = factor(gram, columns, penalty)!;
  let penalised = 0;
  for (let i = 1; i < columns; i++) {
    const unit = new Float64Array(columns);
    unit[i] = 1;
    penalised += penalty * solveFactored(lower, unit)[i];
  }
  return columns - penalised;
}

/** Vols of the validation rows; the rows before are left at 0. */
export function validationVols({ linear, split }: PreparedDesign, coefficients: Float64Array): Float64Array {
  const vols = new Float64Array(split.count);
  for (let row = split.validationStart; row < split.count; row++) {
    vols[row] = dot(linear.rows, row * linear.columns, coefficients);
  }
  return vols;
}

/** The frozen model with these coefficients. */
export function frozenPolynomial(
  name: string,
  calm: QuoteSet,
  { scaler, terms }: PreparedDesign,
  coefficients: Float64Array,
  { sd, penalty }: { readonly sd: number; readonly penalty: number },
  diagnostics: () => FitDiagnostics,
): FittedModel {
  return freeze({
    name,
    information: "prices",
    uses: polynomialUses,
    trainedOn: summarise(calm),
    parameters: { features: polynomialFeatures, scaler, terms, coefficients: Array.from(coefficients), sd, penalty },
    diagnostics,
    raw(at: FeatureTable) {
      const rows = rowsOf(polynomialInputs(at), at.count, scaler, terms);
      const vols = new Float64Array(at.count);
      for (let row = 0; row < at.count; row++) vols[row] = dot(rows, row * terms.length, coefficients);
      return vols;
    },
    sd: () => sd,
  });
}
