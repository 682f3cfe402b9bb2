import type { Calibration, SmileQuotes } from "./calibration-input-error.ts";
import { CalibrationInputError, checkSmileQuotes } from "./calibration-input-error.ts";
import { conditionOf } from "./condition-number.ts";
import { fitLeastSquares, forwardDifferences } from "./levenberg-marquardt.ts";
import { logistic, toLogit } from "./logit.ts";
import type { SsviSurface } from "./ssvi.ts";
import { ssviCurvature, ssviTotalVariance } from "./ssvi.ts";

const LEAST_GAMMA = 0.01;
const LARGEST_GAMMA = 0.99;
const STEP = 1e-6;
/** Share of a bounded range within which a parameter counts as held by its bound. */
const AT_BOUND = 1e-3;

/**
 * SSVI surface closest to the quoted vols of several tenors, free of static arbitrage by construction.
 *
 * θ rises from tenor to tenor by positive increments and η is at most what the sufficient conditions allow at every
 * tenor and between them; tenors shorter than the first are covered too when γ ≤ 1/2. Levenberg–Marquardt on the transformed parameters, in vol.
 * @param slices - by rising tenor; at least three different strikes each
 * @returns with bounds named "rho", "eta", "gamma" and "theta" (a tenor without variance of its own)
 * @throws {CalibrationInputError} naming the quote or tenor
 * @see Gatheral & Jacquier (2014), theorem 4.2
 */
export function calibrateSsvi(slices: readonly SmileQuotes[]): Calibration<SsviSurface> {
  if (slices.length === 0) throw new CalibrationInputError("SSVI", "no tenors", "whole surface");
  slices.forEach((slice, i) => {
    checkSmileQuotes("SSVI", slice, 3);
    if (i > 0 && !(slice.years > slices[i - 1].years)) {
      throw new CalibrationInputError("SSVI", "tenors do not rise", `tenor ${i} of ${slice.years} years`);
    }
  });
  const targets = slices.flatMap(({ vols }) => Array.from(vols));
  const weights = slices.flatMap(({ vols, weights: given }) => Array.from(vols, (_, i) => given?.[i] ?? 1));
  const out = new Float64Array(targets.length);
  const values = (x: ArrayLike<number>): Float64Array => {
    const { thetas, rho, eta, gamma } = surfaceOf(slices, x);
    let row = 0;
    slices.forEach(({ years, logMoneyness }, t) => {
      const phi = ssviCurvature({ eta, gamma }, thetas[t]);
      for (let i = 0; i < logMoneyness.length; i++) {
        out[row++] = Math.sqrt(ssviTotalVariance(thetas[t], phi, rho, logMoneyness[i]) / years);
      }
    });
    return out;
  };
  const model = { values, jacobian: (x: ArrayLike<number>) => forwardDifferences(values, x, STEP) };
  const starts = [-0.5, 0.2].map((rho) => startOf(slices, rho));
  const fits = starts.map((start) => fitLeastSquares(model, targets, weights, start));
  const best = fits.reduce((a, b) => (b.error < a.error ? b : a));
  if (!Number.isFinite(best.error))
    throw new CalibrationInputError("SSVI", "no start has a finite error", "whole surface");
  const parameters = surfaceOf(slices, best.parameters);
  const fitted = values(best.parameters).slice();
  const { rho, eta, gamma, thetas } = parameters;
  const bounds: [string, boolean][] = [
    ["rho", Math.abs(rho) > 1 - AT_BOUND],
    ["eta", eta > (1 - AT_BOUND) * largestEta(thetas, rho, gamma)],
    ["gamma", gamma < LEAST_GAMMA + AT_BOUND || gamma > LARGEST_GAMMA - AT_BOUND],
    ["theta", thetas.some((theta, i) => theta - (i > 0 ? thetas[i - 1] : 0) < 1e-4 * theta)],
  ];
  const rows = forwardDifferences(values, best.parameters, STEP);
  return {
    parameters,
    rmse: Math.sqrt(best.error / weights.reduce((sum, weight) => sum + weight, 0)),
    worst: targets.reduce((worst, target, i) => Math.max(worst, Math.abs(fitted[i] - target)), 0),
    activeBounds: bounds.filter(([, isActive]) => isActive).map(([name]) => name),
    condition: conditionOf(targets.map((_, i) => rows.map((row) => row[i] * Math.sqrt(weights[i])))),
  };
}

/** x = logarithms of θ's increments, then atanh ρ and the logits of η and γ within their ranges. */
function surfaceOf(slices: readonly SmileQuotes[], x: ArrayLike<number>): SsviSurface {
  const count = slices.length;
  const thetas: number[] = [];
  let theta = 0;
  for (let i = 0; i < count; i++) thetas.push((theta += Math.exp(x[i])));
  const rho = Math.tanh(x[count]);
  const gamma = LEAST_GAMMA + (LARGEST_GAMMA - LEAST_GAMMA) * logistic(x[count + 2]);
  const eta = largestEta(thetas, rho, gamma) * logistic(x[count + 1]);
  return { years: slices.map(({ years }) => years), thetas, rho, eta, gamma };
}

/** Largest η with θφ(1 + |ρ|) < 4 and θφ²(1 + |ρ|) ≤ 4 at every tenor, and at θ = 1 - 2γ where θφ² is greatest. */
function largestEta(thetas: readonly number[], rho: number, gamma: number): number {
  const size = 1 + Math.abs(rho);
  const crest = 1 - 2 * gamma;
  const isBetween = crest > thetas[0] && crest < thetas[thetas.length - 1];
  return [...thetas, ...(isBetween ? [crest] : [])].reduce((least, theta) => {
    const unit = ssviCurvature({ eta: 1, gamma }, theta);
    return Math.min(least, 3.999 / (theta * unit * size), Math.sqrt(3.999 / (theta * size)) / unit);
  }, Infinity);
}

function startOf(slices: readonly SmileQuotes[], rho: number): number[] {
  const increments: number[] = [];
  let before = 0;
  for (const slice of slices) {
    const { years, logMoneyness, vols } = slice;
    let nearest = 0;
    for (let i = 1; i < vols.length; i++) {
      if (Math.abs(logMoneyness[i]) < Math.abs(logMoneyness[nearest])) nearest = i;
    }
    const theta = vols[nearest] ** 2 * years;
    increments.push(Math.log(Math.max(theta - before, 0.01 * theta)));
    before = Math.max(theta, before);
  }
  return [...increments, Math.atanh(rho), toLogit(0.4), toLogit(0.45)];
}
