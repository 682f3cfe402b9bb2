import { conditionOf } from "../pricing/condition-number.ts";
import type { GarchParameters } from "../processes/garch.ts";
import { fitGarch, garchVariance, garchVariances } from "../processes/garch.ts";
import { ProcessParameterError } from "../processes/process-parameter-error.ts";
import { YEAR_SECONDS } from "../time/year.ts";
import { checkCalm, splitCalm, summarise } from "./calm-split.ts";
import { freeze } from "./frozen-model.ts";
import { ModelFitError } from "./model-fit-error.ts";
import type { FeatureInput, FeatureTable, PricingModel, QuoteSet, ReturnHistory } from "./pricing-model.ts";
import { blockReturns, calmReturns, returnPeriod } from "./return-series.ts";
import { tailLogError } from "./validation.ts";

/** Frozen parameters of the variance of returns over `period` grid steps. */
interface VarianceProcess {
  readonly parameters: GarchParameters;
  /** Grid steps of the feature pipeline in a period: 1, or those of a day where prices move no oftener. */
  readonly period: number;
  /** Seconds of a period. */
  readonly seconds: number;
}

const uses: readonly FeatureInput[] = ["years", "returns"];
/** Step of the scores' differences, relative. */
const STEP = 1e-5;

/**
 * GARCH(1,1) on the feed's returns: the mean of the variance that it forecasts over an option's life, for every strike.
 *
 * Parameters are those of greatest Gaussian likelihood over the calm returns and stay frozen; today's variance is
 * filtered from the last thirty days of returns, as the feed showed them, starting from the long-run variance.
 * @see Bollerslev (1986)
 */
export const garchModel = garchFamily("garch", false, "GARCH(1,1) of the feed's returns");

/** The same with a weight of its own for falls. @see Glosten, Jagannathan & Runkle (1993) */
export const gjrModel = garchFamily("gjr", true, "GJR-GARCH of the feed's returns, falls weighing more");

function garchFamily(name: string, leverage: boolean, what: string): PricingModel {
  return {
    name,
    summary: `${what}: its variance forecast over the option's life, flat over strikes`,
    information: "prices",
    fit(calm) {
      checkCalm(name, calm, ["years"], 5);
      const { fitEnd, validationStart, count } = splitCalm(name, calm);
      const early = fitProcess(name, leverage, calm, fitEnd);
      const relativeSd = tailLogError(calm, validationStart, (at) => forecastVols(early.process, at));
      const { process, boundsActive, returns } = fitProcess(name, leverage, calm, count);
      return freeze({
        name,
        information: "prices",
        uses,
        trainedOn: summarise(calm),
        parameters: { ...process, relativeSd },
        diagnostics: () => ({
          degreesOfFreedom: leverage ? 4 : 3,
          boundsActive,
          conditionNumber: scoreCondition(process.parameters, returns, leverage),
        }),
        raw: (at) => forecastVols(process, at),
        sd: (vol) => relativeSd * vol,
      });
    },
  };
}

function fitProcess(name: string, leverage: boolean, calm: QuoteSet, to: number) {
  const { step } = calm.features.returns[0];
  const hourly = calmReturns(calm, to);
  const period = returnPeriod(hourly, step);
  const returns = blockReturns(hourly, period);
  try {
    const { parameters, activeBounds } = fitGarch(returns, leverage);
    return { process: { parameters, period, seconds: period * step }, boundsActive: activeBounds, returns };
  } catch (error) {
    if (!(error instanceof ProcessParameterError)) throw error;
    const where = `${returns.length} returns of ${(period * step) / 3600} h before row ${to}`;
    throw new ModelFitError(name, error.message, where, error);
  }
}

/** Root of the mean annualised variance forecast over each row's life. */
function forecastVols({ parameters, period, seconds }: VarianceProcess, at: FeatureTable): Float64Array {
  const longRun = garchVariance(parameters);
  const persistence = parameters.alpha + parameters.beta + 0.5 * parameters.gamma;
  const vols = new Float64Array(at.count);
  let history: ReturnHistory | undefined;
  let next = longRun;
  for (let row = 0; row < at.count; row++) {
    if (at.returns[row] !== history) {
      history = at.returns[row];
      const variances = garchVariances(blockReturns(history.values, period), parameters, longRun);
      next = variances[variances.length - 1];
    }
    const periods = (at.years[row] * YEAR_SECONDS) / seconds;
    // Mean of L + (h − L)φ^i over the periods, i from 0.
    const weight = -Math.expm1(periods * Math.log(persistence)) / (periods * (1 - persistence));
    const variance = longRun + (next - longRun) * Math.min(1, weight);
    vols[row] = Math.sqrt((variance * YEAR_SECONDS) / seconds);
  }
  return vols;
}

/** Condition number of the scores of all returns in the logarithms of the parameters; Infinity where one is zero. */
function scoreCondition(parameters: GarchParameters, returns: Float64Array, leverage: boolean): number {
  const names = ["omega", "alpha", "beta", ...(leverage ? (["gamma"] as const) : [])] as const;
  const start = returns.reduce((sum, value) => sum + value * value, 0) / returns.length;
  const terms = (at: GarchParameters) => {
    const variances = garchVariances(returns, at, start);
    return returns.map((value, t) => -0.5 * (Math.log(variances[t]) + (value * value) / variances[t]));
  };
  const base = terms(parameters);
  const columns = names.map((parameter) => {
    // Downwards, so that persistence stays below 1.
    const moved = terms({ ...parameters, [parameter]: parameters[parameter] * (1 - STEP) });
    const column = moved.map((value, t) => (base[t] - value) / STEP);
    const length = Math.hypot(...column);
    return length > 0 ? column.map((value) => value / length) : column;
  });
  return conditionOf(Array.from(returns, (_, t) => columns.map((column) => column[t])));
}
