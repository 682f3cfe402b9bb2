import type { Calibration, SmileQuotes } from "./calibration-input-error.ts";
import { CalibrationInputError, checkSmileQuotes } from "./calibration-input-error.ts";
import { conditionOf } from "./condition-number.ts";
import { fitLeastSquares, forwardDifferences } from "./levenberg-marquardt.ts";
import type { SabrParameters } from "./sabr.ts";
import { sabrVols } from "./sabr.ts";

const STEP = 1e-6;
/** Beyond this atanh ρ and ν the smile no longer changes; the search stays inside. */
const LARGEST_ATANH = 4;
const LARGEST_NU = 50;
const LEAST_NU = 1e-4;

/**
 * SABR parameters closest to one tenor's vols for a fixed β, which a single smile cannot tell from ρ.
 *
 * Levenberg–Marquardt in vol on ln α, atanh ρ and ln ν from four starts.
 * @param forward - USD, positive
 * @param beta - within [0, 1]; 1 is customary for crypto and equity
 * @returns with bounds named "rho" and "nu"
 * @throws {CalibrationInputError} below three different strikes, of a quote that is no vol, or a β out of its range
 * @see Hagan et al. (2002), section 3
 */
export function calibrateSabr(quotes: SmileQuotes, forward: number, beta = 1): Calibration<SabrParameters> {
  checkSmileQuotes("SABR", quotes, 3);
  const { years, logMoneyness, vols } = quotes;
  const tenor = `tenor of ${years} years`;
  if (!(beta >= 0 && beta <= 1)) throw new CalibrationInputError("SABR", `β ${beta} outside [0, 1]`, tenor);
  if (!(forward > 0 && forward < Infinity)) throw new CalibrationInputError("SABR", `forward ${forward}`, tenor);
  const weights = Array.from(vols, (_, i) => quotes.weights?.[i] ?? 1);
  const out = new Float64Array(vols.length);
  const parametersOf = (x: ArrayLike<number>): SabrParameters => ({
    alpha: Math.exp(x[0]),
    beta,
    rho: Math.tanh(clamp(x[1], -LARGEST_ATANH, LARGEST_ATANH)),
    nu: clamp(Math.exp(x[2]), LEAST_NU, LARGEST_NU),
  });
  const values = (x: ArrayLike<number>): Float64Array => {
    sabrVols(parametersOf(x), forward, years, logMoneyness, out);
    return out;
  };
  const model = { values, jacobian: (x: ArrayLike<number>) => forwardDifferences(values, x, STEP) };
  let level = Infinity;
  for (let i = 0, least = Infinity; i < vols.length; i++) {
    if (Math.abs(logMoneyness[i]) >= least) continue;
    least = Math.abs(logMoneyness[i]);
    level = vols[i];
  }
  const logAlpha = Math.log(level) + (1 - beta) * Math.log(forward);
  const logNu = Math.log(Math.min(4, 0.8 / Math.sqrt(years)));
  const starts = [-0.5, 0.5].flatMap((rho) => [0, -1.5].map((less) => [logAlpha, rho, logNu + less]));
  const fits = starts
    .filter((start) => values(start).every(Number.isFinite))
    .map((start) => fitLeastSquares(model, vols, weights, start));
  if (fits.length === 0) throw new CalibrationInputError("SABR", "no start within the expansion's reach", tenor);
  const best = fits.reduce((a, b) => (b.error < a.error ? b : a));
  if (!Number.isFinite(best.error)) throw new CalibrationInputError("SABR", "no start has a finite error", tenor);
  const fitted = values(best.parameters).slice();
  const rows = model.jacobian(best.parameters);
  const { nu } = parametersOf(best.parameters);
  const bounds: [string, boolean][] = [
    ["rho", Math.abs(best.parameters[1]) >= LARGEST_ATANH],
    ["nu", nu <= LEAST_NU || nu >= LARGEST_NU],
  ];
  return {
    parameters: parametersOf(best.parameters),
    rmse: Math.sqrt(best.error / weights.reduce((sum, weight) => sum + weight, 0)),
    worst: fitted.reduce((worst, vol, i) => Math.max(worst, Math.abs(vol - vols[i])), 0),
    activeBounds: bounds.filter(([, isActive]) => isActive).map(([name]) => name),
    condition: conditionOf(weights.map((weight, i) => rows.map((row) => row[i] * Math.sqrt(weight)))),
  };
}

function clamp(x: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, x));
}
