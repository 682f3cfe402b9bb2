import { checkCalm, splitCalm, summarise } from "./calm-split.ts";
import { logVolBeyond, realisedRange } from "./extrapolation.ts";
import { fitOnce } from "./fit-once.ts";
import { freeze } from "./frozen-model.ts";
import type { LinearPosterior } from "./bayesian-regression.ts";
import {
  LEARNED_COLUMNS,
  learnedDiagnostics,
  learnedPosterior,
  learnedProducts,
  learnedRows,
  predictiveVariance,
} from "./learned-design.ts";
import type { InputScaler } from "./learned-inputs.ts";
import { fitInputScaler, learnedInputNames, learnedUses } from "./learned-inputs.ts";
import { dot } from "./least-squares.ts";
import { fitImputation, quotesWithoutMissing } from "./missing-features.ts";
import type { FeatureTable, FittedModel, PricingModel, QuoteSet } from "./pricing-model.ts";
import { firstQuotes } from "./select-quotes.ts";
import { arbitrageFreeShares } from "./slice-projection.ts";
import { smileLevelModel } from "./smile-level.ts";
import { quantile } from "../statistics/moments.ts";
import { unitWeights, widening } from "./validation.ts";

const NAME = "hybrid";

/** Share of the base's calm log errors that the residual's bound takes in. */
const BOUND_LEVEL = 0.99;

/**
 * A floating quadratic smile times e^residual: what the base misses is learned by a Bayesian ridge on all public
 * features and kept within ± the 99 % quantile of the base's errors in calm, so that out of regime the base decides.
 *
 * Each slice is then taken as far along flat smile → base → base and residual as has no static arbitrage.
 */
export const hybridModel: PricingModel = {
  name: NAME,
  summary: "smile-level times a bounded, learned residual, each slice free of butterfly and vertical arbitrage",
  information: "prices",
  fit(seen, random) {
    checkCalm(NAME, seen, ["logMoneyness", "years"], 2 * LEARNED_COLUMNS);
    const imputation = fitImputation(seen, learnedUses);
    const calm = quotesWithoutMissing(seen, imputation);
    const { fitEnd, validationStart, count } = splitCalm(NAME, calm);
    const early = fitParts(calm, fitEnd, fitOnce(smileLevelModel, firstQuotes(calm, fitEnd), random));
    const wider = validationWidening(calm, early, fitEnd, validationStart);
    const realised = realisedRange(calm, count);
    const parts = fitParts(calm, count, fitOnce(smileLevelModel, calm, random));
    const { base, bound, posterior, scaler } = parts;
    return freeze({
      name: NAME,
      information: "prices",
      uses: learnedUses,
      imputation,
      realised,
      trainedOn: summarise(seen),
      parameters: {
        base: base.toJSON(),
        inputs: learnedInputNames,
        products: learnedProducts,
        scaler,
        realised,
        posterior,
        bound,
        widening: wider,
      },
      diagnostics() {
        const residual = learnedDiagnostics(posterior);
        const own = base.diagnostics;
        return {
          degreesOfFreedom: own.degreesOfFreedom + residual.degreesOfFreedom,
          boundsActive: [...residual.boundsActive, ...residualAtBound(parts, calm)],
          conditionNumber: Math.max(own.conditionNumber ?? 1, residual.conditionNumber ?? 1),
        };
      },
      raw: (at) => projectedVols(parts, at),
      sdMany(vol, at) {
        const rows = learnedRows(at, scaler);
        return vol.map((value, row) => value * wider * Math.sqrt(logVariance(parts, rowOf(rows, row))));
      },
    });
  },
};

interface HybridParts {
  readonly base: FittedModel;
  /** Of |ln(vol/base)|. */
  readonly bound: number;
  readonly posterior: LinearPosterior;
  readonly scaler: InputScaler;
}

/** The residual of `base` learned on rows before `to`. */
function fitParts(calm: QuoteSet, to: number, base: FittedModel): HybridParts {
  const scaler = fitInputScaler(calm, to);
  const levels = base.rawMany(calm.features);
  const target = calm.target.map((vol, row) => Math.log(vol / levels[row]));
  const rows = learnedRows(calm.features, scaler);
  const design = { rows, columns: LEARNED_COLUMNS, target, weight: unitWeights(calm, to) };
  return {
    base,
    bound: quantile(target.subarray(0, to).map(Math.abs), BOUND_LEVEL),
    posterior: learnedPosterior(NAME, design, calm.time, to),
    scaler,
  };
}

/** The learned residual of each row, b tanh(r/b). */
function residuals({ posterior, bound, scaler }: HybridParts, at: FeatureTable): Float64Array {
  const rows = learnedRows(at, scaler);
  return Float64Array.from({ length: at.count }, (_, row) => {
    return bound * Math.tanh(dot(rows, row * LEARNED_COLUMNS, posterior.mean) / bound);
  });
}

/** Variance of ln vol: of the residual, which is no larger than its bound allows, and the noise. */
function logVariance({ posterior, bound }: HybridParts, values: Float64Array): number {
  const { noiseVariance } = posterior;
  return Math.min(bound * bound, predictiveVariance(posterior, values) - noiseVariance) + noiseVariance;
}

function rowOf(rows: Float64Array, row: number): Float64Array {
  return rows.subarray(row * LEARNED_COLUMNS, (row + 1) * LEARNED_COLUMNS);
}

/**
 * Vols along the path: up to share ½ from the base's vol at the money, flat, to the base in logarithms; from there to the
 * base with all of its residual.
 */
function projectedVols(parts: HybridParts, at: FeatureTable): Float64Array {
  const path = (table: FeatureTable) => {
    const smile = parts.base.rawMany(table);
    const flat = atTheMoney(parts.base, table);
    const added = residuals(parts, table);
    return (share: Float64Array) =>
      smile.map((vol, row) => {
        const shape = Math.min(1, 2 * share[row]);
        const residual = Math.max(0, 2 * share[row] - 1);
        // A base that is no vol leaves its level.
        const based = vol > 0 ? flat[row] * (vol / flat[row]) ** shape : flat[row];
        return based * Math.exp(residual * added[row]);
      });
  };
  return path(at)(arbitrageFreeShares(at, learnedUses, (table) => atTheMoney(parts.base, table), path));
}

function atTheMoney(base: FittedModel, at: FeatureTable): Float64Array {
  return base.rawMany({ ...at, logMoneyness: new Float64Array(at.count) });
}

function validationWidening(calm: QuoteSet, early: HybridParts, fitEnd: number, from: number): number {
  const beyond = logVolBeyond(realisedRange(calm, fitEnd), calm.features);
  const vols = projectedVols(early, calm.features);
  const rows = learnedRows(calm.features, early.scaler);
  return widening(calm, from, (row) => ({
    error: Math.log(calm.target[row] / vols[row]),
    variance: logVariance(early, rowOf(rows, row)) + beyond[row] ** 2,
  }));
}

/** Whether the residual of some calm quote is within 5 % of its bound. */
function residualAtBound(parts: HybridParts, calm: QuoteSet): string[] {
  const most = residuals(parts, calm.features).reduce((worst, value) => Math.max(worst, Math.abs(value)), 0);
  return most > 0.95 * parts.bound ? ["bound of the residual"] : [];
}
