import { median } from "../statistics/moments.ts";
import type { Calibration, SmileQuotes } from "./calibration-input-error.ts";
import { CalibrationInputError, checkSmileQuotes } from "./calibration-input-error.ts";
import { conditionOf } from "./condition-number.ts";
import { fitLeastSquares, forwardDifferences } from "./levenberg-marquardt.ts";
import { logistic, toLogit } from "./logit.ts";
import type { MertonParameters } from "./merton.ts";
import { mertonVols } from "./merton.ts";

/** Name, range and whether the range is measured in logarithms. */
const coordinates = [
  ["vol", 0.01, 4, true],
  ["jumpIntensity", 0.01, 100, true],
  ["jumpMean", -1, 1, false],
  ["jumpSd", 0.005, 1, true],
] as const satisfies readonly (readonly [keyof MertonParameters, number, number, boolean])[];

/** Share of a range within which a parameter counts as held by its end. */
const AT_BOUND = 5e-3;
const STEP = 1e-5;
/** Expected jumps over the longest tenor that the pricing series takes. */
const MOST_JUMPS = 500;

/**
 * Merton's model closest to a surface of quotes, in vol, by Levenberg–Marquardt from a fixed set of starts; rates are
 * zero, the quotes' moneyness is to the forward. Intensity and mean of jumps are weakly told apart.
 * @param slices - by rising tenor, out-of-the-money vols
 * @returns with bounds named after parameters, and the condition number of the vols' derivatives in their logits
 * @throws {CalibrationInputError} naming the quote or tenor, or with fewer quotes than parameters
 * @see Merton (1976), "Option pricing when underlying stock returns are discontinuous"
 */
export function calibrateMerton(slices: readonly SmileQuotes[]): Calibration<MertonParameters> {
  slices.forEach((slice) => {
    checkSmileQuotes("Merton", slice, 1);
    if (slice.years * coordinates[1][2] > MOST_JUMPS) {
      throw new CalibrationInputError("Merton", "a tenor beyond 5 years", `tenor of ${slice.years} years`);
    }
  });
  const targets = slices.flatMap(({ vols }) => Array.from(vols));
  const weights = slices.flatMap(({ vols, weights: given }) => Array.from(vols, (_, i) => given?.[i] ?? 1));
  if (targets.length < coordinates.length) {
    const what = `${targets.length} quotes for ${coordinates.length} parameters`;
    throw new CalibrationInputError("Merton", what, "whole surface");
  }
  const values = (x: ArrayLike<number>): Float64Array => {
    const parameters = parametersOf(x);
    const all = new Float64Array(targets.length);
    let row = 0;
    for (const { years, logMoneyness } of slices) {
      mertonVols(parameters, years, logMoneyness, all.subarray(row, row + logMoneyness.length));
      row += logMoneyness.length;
    }
    // A price below resolution is that of no vol.
    return all.map((vol) => vol || 0);
  };
  const model = { values, jacobian: (x: ArrayLike<number>) => forwardDifferences(values, x, STEP) };
  const level = median(targets);
  const fits = starts.map((jumps) => {
    const brought = jumps.jumpIntensity * (jumps.jumpMean ** 2 + jumps.jumpSd ** 2);
    const vol = Math.sqrt(Math.max(level * level - brought, 0.25 * level * level));
    return fitLeastSquares(model, targets, weights, toCoordinates({ vol, ...jumps }), { tolerance: 1e-7 });
  });
  const best = fits.reduce((a, b) => (b.error < a.error ? b : a));
  if (!Number.isFinite(best.error))
    throw new CalibrationInputError("Merton", "no start has a finite error", "whole surface");
  const fitted = values(best.parameters);
  const rows = model.jacobian(best.parameters);
  return {
    parameters: parametersOf(best.parameters),
    rmse: Math.sqrt(best.error / weights.reduce((sum, weight) => sum + weight, 0)),
    worst: targets.reduce((worst, target, i) => Math.max(worst, Math.abs(fitted[i] - target)), 0),
    activeBounds: coordinates
      .filter((_, j) => Math.abs(logistic(best.parameters[j]) - 0.5) > 0.5 - AT_BOUND)
      .map(([name]) => name),
    condition: conditionOf(weights.map((weight, i) => rows.map((row) => row[i] * Math.sqrt(weight)))),
  };
}

const starts: readonly Omit<MertonParameters, "vol">[] = [
  { jumpIntensity: 0.5, jumpMean: -0.2, jumpSd: 0.15 },
  { jumpIntensity: 3, jumpMean: -0.05, jumpSd: 0.1 },
  { jumpIntensity: 3, jumpMean: 0.05, jumpSd: 0.1 },
  { jumpIntensity: 20, jumpMean: -0.02, jumpSd: 0.05 },
];

function toCoordinates(parameters: MertonParameters): number[] {
  return coordinates.map(([name, low, high, isLog]) => {
    const value = parameters[name];
    const share = isLog ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
    return toLogit(Math.min(0.99, Math.max(0.01, share)));
  });
}

function parametersOf(x: ArrayLike<number>): MertonParameters {
  const [vol, jumpIntensity, jumpMean, jumpSd] = coordinates.map(([, low, high, isLog], j) => {
    const share = logistic(x[j]);
    return isLog ? low * Math.pow(high / low, share) : low + share * (high - low);
  });
  return { vol, jumpIntensity, jumpMean, jumpSd };
}
