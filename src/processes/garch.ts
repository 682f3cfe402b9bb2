import { nelderMead } from "../pricing/nelder-mead.ts";
import { logistic, toLogit } from "../pricing/logit.ts";
import type { Random } from "../random/random.ts";
import { ProcessParameterError, requireSteps } from "./process-parameter-error.ts";

/**
 * Conditional variance of a return: h' = ω + α e² + γ e² 1{e < 0} + β h; GARCH(1,1) has γ = 0.
 * @see Bollerslev (1986); Glosten, Jagannathan & Runkle (1993)
 */
export interface GarchParameters {
  /** Positive, in squared returns. */
  readonly omega: number;
  readonly alpha: number;
  readonly beta: number;
  /** Extra weight of falls. */
  readonly gamma: number;
}

/** Parameters of greatest likelihood. */
export interface GarchFit {
  readonly parameters: GarchParameters;
  /** With its constant, given the starting variance. */
  readonly logLikelihood: number;
  /** α + β + γ/2, below 1. */
  readonly persistence: number;
  /** Variance that the recursion starts from: the returns' mean square. */
  readonly startVariance: number;
  /** Conditional variance of each return, and of the one after the last. */
  readonly variances: Float64Array;
  /** "persistence" at its end of 0.9999, "no clustering" where α and γ vanish. */
  readonly activeBounds: readonly string[];
}

const MOST_PERSISTENCE = 0.9999;
const FEWEST_RETURNS = 50;

/** @throws {ProcessParameterError} when a weight is negative or the variance has no mean */
export function assertGarch({ omega, alpha, beta, gamma }: GarchParameters): void {
  const refuse = (what: string): never => {
    throw new ProcessParameterError("GARCH", `${what}: ω ${omega}, α ${alpha}, β ${beta}, γ ${gamma}`);
  };
  if (![omega, alpha, beta, gamma].every(Number.isFinite)) refuse("parameters are numbers");
  if (!(omega > 0 && alpha >= 0 && beta >= 0 && alpha + gamma >= 0)) refuse("needs ω > 0, α, β and α + γ not negative");
  if (!(alpha + beta + 0.5 * gamma < 1)) refuse("persistence α + β + γ/2 is below 1");
}

/**
 * Long-run variance ω/(1 - α - β - γ/2) per step, of symmetric shocks.
 * @throws {ProcessParameterError} when parameters are out of range
 * @see Bollerslev (1986), theorem 1
 */
export function garchVariance(parameters: GarchParameters): number {
  assertGarch(parameters);
  const { omega, alpha, beta, gamma } = parameters;
  return omega / (1 - alpha - beta - 0.5 * gamma);
}

/**
 * Conditional variances h_1 = `startVariance`, h_2, … of each return and of the next, one more than returns.
 * @param returns - log returns per step
 * @param startVariance - of the first return, positive
 * @returns squared returns per step
 * @throws {ProcessParameterError} when parameters are out of range or a return is no number
 * @see Bollerslev (1986); Glosten, Jagannathan & Runkle (1993)
 */
export function garchVariances(
  returns: ArrayLike<number>,
  parameters: GarchParameters,
  startVariance: number,
): Float64Array {
  assertGarch(parameters);
  requireVariance(startVariance);
  requireReturns(returns);
  const variances = new Float64Array(returns.length + 1);
  variances[0] = startVariance;
  for (let t = 0; t < returns.length; t++) variances[t + 1] = nextVariance(parameters, variances[t], returns[t]);
  return variances;
}

/**
 * Gaussian log-likelihood Σ -½(ln 2π + ln h + e²/h) of returns without a mean, within a few roundings of its terms.
 * @param returns - log returns per step
 * @param startVariance - of the first return, positive
 * @throws {ProcessParameterError} when parameters are out of range or a return is no number
 * @see Bollerslev (1986), "Generalized autoregressive conditional heteroskedasticity"
 */
export function garchLogLikelihood(
  returns: ArrayLike<number>,
  parameters: GarchParameters,
  startVariance: number,
): number {
  assertGarch(parameters);
  requireVariance(startVariance);
  requireReturns(returns);
  return logLikelihood(returns, parameters, startVariance);
}

function logLikelihood(returns: ArrayLike<number>, parameters: GarchParameters, startVariance: number): number {
  let sum = 0;
  let variance = startVariance;
  for (let t = 0; t < returns.length; t++) {
    sum -= 0.5 * (LOG_TWO_PI + Math.log(variance) + (returns[t] * returns[t]) / variance);
    variance = nextVariance(parameters, variance, returns[t]);
  }
  return sum;
}

/**
 * GARCH(1,1), or GJR with `leverage`, of greatest Gaussian likelihood, with mean zero and the mean square as h_1.
 *
 * Persistence, the shocks' share of it, the falls' share of that and the level are searched through logistic and
 * logarithmic coordinates by a downhill simplex from four starts, in units of the returns' own deviation. α and γ are
 * not negative.
 * @param returns - log returns per step
 * @throws {ProcessParameterError} below fifty returns, of one that is no number, or when they do not vary
 * @see Bollerslev (1986); Glosten, Jagannathan & Runkle (1993)
 */
export function fitGarch(returns: ArrayLike<number>, leverage = false): GarchFit {
  if (returns.length < FEWEST_RETURNS) {
    throw new ProcessParameterError("GARCH fit", `${returns.length} returns, needs ${FEWEST_RETURNS}`);
  }
  let square = 0;
  for (let t = 0; t < returns.length; t++) {
    if (!(Math.abs(returns[t]) <= LARGEST_RETURN))
      throw new ProcessParameterError("GARCH fit", `return ${t} is ${returns[t]}`);
    square += (returns[t] * returns[t]) / returns.length;
  }
  if (!(square > 0)) throw new ProcessParameterError("GARCH fit", "all returns are zero");
  const unit = Math.sqrt(square);
  const scaled = Float64Array.from(returns, (value) => value / unit);
  const objective = (x: Float64Array): number => -logLikelihood(scaled, fromCoordinates(x, leverage), 1);
  const starts = [
    [0.97, 0.08],
    [0.9, 0.15],
    [0.99, 0.03],
    [0.6, 0.4],
  ];
  const options = { tolerance: 1e-9, evaluations: 600 };
  const found = starts.map(([persistence, share]) => {
    const start = [toLogit(persistence), toLogit(share), 0, ...(leverage ? [0] : [])];
    return nelderMead(
      objective,
      start,
      start.map(() => 0.5),
      options,
    );
  });
  const coarse = found.reduce((a, b) => (b.value < a.value ? b : a));
  const best = nelderMead(
    objective,
    coarse.at,
    Array.from(coarse.at, () => 0.05),
    options,
  );
  const inUnits = fromCoordinates(best.at, leverage);
  const parameters = { ...inUnits, omega: inUnits.omega * square };
  const { alpha, beta, gamma } = parameters;
  const persistence = alpha + beta + 0.5 * gamma;
  const bounds: [string, boolean][] = [
    ["persistence", persistence > MOST_PERSISTENCE - 1e-5],
    ["no clustering", alpha + 0.5 * gamma < 1e-4],
  ];
  return {
    parameters,
    logLikelihood: garchLogLikelihood(returns, parameters, square),
    persistence,
    startVariance: square,
    variances: garchVariances(returns, parameters, square),
    activeBounds: bounds.filter(([, isActive]) => isActive).map(([name]) => name),
  };
}

/** Returns and their conditional variances. */
export interface GarchPath {
  readonly returns: Float64Array;
  readonly variances: Float64Array;
}

/**
 * Simulated returns √h z, z standard normal or drawn from `residuals` (filtered history: the past's shocks under
 * today's variance). Step i draws (i, 0) of the stream.
 * @param residuals - returns over their conditional deviations; normal shocks without
 * @param startVariance - of the first return, positive, per step
 * @throws {ProcessParameterError} when parameters or steps are out of range, there is no residual or one that is no number,
 * or the variance leaves the doubles
 * @see Barone-Adesi, Giannopoulos & Vosper (1999), "VaR without correlations for portfolios of derivative securities"
 */
export function simulateGarch(
  parameters: GarchParameters,
  startVariance: number,
  steps: number,
  random: Random,
  residuals?: ArrayLike<number>,
): GarchPath {
  assertGarch(parameters);
  requireVariance(startVariance);
  requireSteps("GARCH", 1, steps);
  if (residuals !== undefined) {
    if (residuals.length === 0) throw new ProcessParameterError("filtered history", "there are no residuals");
    requireReturns(residuals);
  }
  const returns = new Float64Array(steps);
  const variances = new Float64Array(steps);
  let variance = startVariance;
  for (let i = 0; i < steps; i++) {
    const shock =
      residuals === undefined ? random.normal(i, 0) : residuals[Math.floor(random.uniform(i, 0) * residuals.length)];
    variances[i] = variance;
    returns[i] = Math.sqrt(variance) * shock;
    variance = nextVariance(parameters, variance, returns[i]);
    if (variance === Infinity) throw new ProcessParameterError("GARCH", `the variance leaves the doubles at step ${i}`);
  }
  return { returns, variances };
}

/**
 * Returns over their conditional deviations: without unit, of mean square one when the fit is right.
 * @throws {ProcessParameterError} when the fit's parameters are out of range or a return is no number
 * @see Barone-Adesi, Giannopoulos & Vosper (1999)
 */
export function garchResiduals(returns: ArrayLike<number>, { parameters, startVariance }: GarchFit): Float64Array {
  const variances = garchVariances(returns, parameters, startVariance);
  return Float64Array.from(returns, (value, t) => value / Math.sqrt(variances[t]));
}

const LOG_TWO_PI = Math.log(2 * Math.PI);

function nextVariance({ omega, alpha, beta, gamma }: GarchParameters, variance: number, shock: number): number {
  return omega + (alpha + (shock < 0 ? gamma : 0)) * shock * shock + beta * variance;
}

/** x = logit of the persistence, logit of the shocks' share, ln of long-run variance, logit of the falls' share. */
function fromCoordinates(x: ArrayLike<number>, leverage: boolean): GarchParameters {
  const persistence = MOST_PERSISTENCE * logistic(x[0]);
  const shocks = persistence * logistic(x[1]);
  const falls = leverage ? shocks * logistic(x[3]) : 0;
  return {
    omega: (1 - persistence) * Math.exp(x[2]),
    alpha: shocks - falls,
    beta: persistence - shocks,
    gamma: 2 * falls,
  };
}

/** Beyond this a return is in another unit. */
const LARGEST_RETURN = 1e6;

function requireReturns(returns: ArrayLike<number>): void {
  for (let t = 0; t < returns.length; t++) {
    if (!(Math.abs(returns[t]) <= LARGEST_RETURN))
      throw new ProcessParameterError("GARCH", `return ${t} is ${returns[t]}`);
  }
}

function requireVariance(variance: number): void {
  if (!(variance > 0 && variance < Infinity)) {
    throw new ProcessParameterError("GARCH", `a starting variance is positive, got ${variance}`);
  }
}
