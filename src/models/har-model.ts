import { Matrix } from "ml-matrix";

import { conditionOf } from "../pricing/condition-number.ts";
import type { HarModel, HarSpans } from "../processes/har.ts";
import { fitHar, forecastHar, HarHistoryError } from "../processes/har.ts";
import { YEAR_SECONDS } from "../time/year.ts";
import { checkCalm, splitCalm, summarise } from "./calm-split.ts";
import { freeze } from "./frozen-model.ts";
import { ModelFitError } from "./model-fit-error.ts";
import type { FeatureInput, FeatureTable, PricingModel, QuoteSet, ReturnHistory } from "./pricing-model.ts";
import { blockReturns, blockSquares, calmReturns, returnPeriod } from "./return-series.ts";
import { mixAt } from "./term-structure.ts";
import { tailLogError } from "./validation.ts";

/** Frozen regressions by horizon. */
interface HarForecasts {
  readonly horizons: readonly HarModel[];
  /** Stands in for days before the history and for those without any move, whose logarithm does not exist. */
  readonly meanVariance: number;
  /** Grid steps that squared returns are taken over. */
  readonly period: number;
}

const uses: readonly FeatureInput[] = ["years", "returns"];
const DAY = 86_400;
/** A day, a week and a fortnight: a run starts with no longer memory. */
const SPANS: HarSpans = [1, 7, 14];
/** Days ahead; those are kept that the calm days determine. */
const HORIZONS = [1, 7, 30];

/**
 * Heterogeneous autoregression of the feed's daily realised variances in logs: the variance that it forecasts over an
 * option's life, for every strike. One direct regression per horizon; total variance is linear in time between them.
 * @see Corsi (2009), "A simple approximate long-memory model of realized volatility", equation 11, in logs
 */
export const harModel: PricingModel = {
  name: "har",
  summary: "HAR: regression of realised variance on that of the last day, week and fortnight, flat over strikes",
  information: "prices",
  fit(calm) {
    checkCalm("har", calm, ["years"], 5);
    const { fitEnd, validationStart, count } = splitCalm("har", calm);
    const early = fitForecasts(calm, fitEnd).forecasts;
    const relativeSd = tailLogError(calm, validationStart, (at) => forecastVols(early, at));
    const { forecasts, conditionNumber } = fitForecasts(calm, count);
    return freeze({
      name: "har",
      information: "prices",
      uses,
      trainedOn: summarise(calm),
      parameters: { ...forecasts, relativeSd },
      diagnostics: () => ({
        degreesOfFreedom: forecasts.horizons.length * (SPANS.length + 1),
        boundsActive: [],
        conditionNumber: conditionNumber(),
      }),
      raw: (at) => forecastVols(forecasts, at),
      sd: (vol) => relativeSd * vol,
    });
  },
};

function fitForecasts(calm: QuoteSet, to: number) {
  const { step } = calm.features.returns[0];
  const returns = calmReturns(calm, to);
  const period = returnPeriod(returns, step);
  const measured = dailyVariances(returns, step, period);
  const moved = measured.filter((variance) => variance > 0);
  const meanVariance = moved.reduce((sum, value) => sum + value, 0) / moved.length;
  const daily = measured.map((variance) => variance || meanVariance);
  const horizons = HORIZONS.flatMap((days) => {
    try {
      return [fitHar(daily, days, SPANS)];
    } catch (error) {
      if (error instanceof HarHistoryError) return [];
      throw error;
    }
  });
  if (horizons.length === 0) {
    throw new ModelFitError("har", `${daily.length} days of returns, too few for any horizon`, `rows before ${to}`);
  }
  return { forecasts: { horizons, meanVariance, period }, conditionNumber: () => designCondition(daily) };
}

/** Annualised realised variance of whole days up to the last return. */
function dailyVariances(returns: Float64Array, step: number, period: number): Float64Array {
  return blockSquares(blockReturns(returns, period), DAY / step / period).map((sum) => (sum * YEAR_SECONDS) / DAY);
}

function forecastVols({ horizons, meanVariance, period }: HarForecasts, at: FeatureTable): Float64Array {
  const years = horizons.map(({ horizonDays }) => (horizonDays * DAY) / YEAR_SECONDS);
  let history: ReturnHistory | undefined;
  let thetas: readonly number[] = [];
  const vols = new Float64Array(at.count);
  for (let row = 0; row < at.count; row++) {
    if (at.returns[row] !== history) {
      history = at.returns[row];
      const daily = lastFortnight(history, period, meanVariance);
      thetas = horizons.map((model, i) => forecastHar(model, daily) * years[i]);
    }
    const tenor = at.years[row];
    vols[row] = Math.sqrt(mixAt(years, tenor, (i) => thetas[i]) / tenor);
  }
  return vols;
}

/** The last fourteen days, those that say nothing at the calm mean. */
function lastFortnight({ step, values }: ReturnHistory, period: number, meanVariance: number): Float64Array {
  const known = dailyVariances(values, step, period).slice(-SPANS[2]);
  const daily = new Float64Array(SPANS[2]).fill(meanVariance);
  known.forEach((variance, i) => (daily[SPANS[2] - known.length + i] = variance || meanVariance));
  return daily;
}

/** Of the regressors, the same for all horizons but for their last days, columns at unit length. */
function designCondition(daily: Float64Array): number {
  const rows: number[][] = [];
  for (let day = SPANS[2]; day < daily.length; day++) {
    const means = SPANS.map((span) => daily.subarray(day - span, day).reduce((sum, value) => sum + value, 0) / span);
    rows.push([1, ...means.map(Math.log)]);
  }
  const lengths = new Matrix(rows)
    .transpose()
    .to2DArray()
    .map((column) => Math.hypot(...column));
  return conditionOf(rows.map((row) => row.map((value, j) => value / lengths[j])));
}
