import { YEAR_SECONDS } from "../time/year.ts";
import { checkCalm, splitCalm, summarise } from "./calm-split.ts";
import { freeze } from "./frozen-model.ts";
import { ModelFitError } from "./model-fit-error.ts";
import type { FeatureTable, PricingModel, ReturnHistory } from "./pricing-model.ts";
import { calmReturns, coarser, returnPeriod } from "./return-series.ts";
import { tailLogError } from "./validation.ts";

const DAY = 86_400;

/** RiskMetrics' decay of a day. @see J.P. Morgan/Reuters (1996), "RiskMetrics – technical document", section 5.3 */
const DAILY_DECAY = 0.94;

/** Exponentially weighted mean of squared hourly returns, 6 % of the weight on the last day. */
export const ewmaModel = estimatorModel(
  "ewma",
  "RiskMetrics: exponentially weighted hourly returns of the feed, decay 0.94 a day, flat over strikes and tenors",
  (history) => {
    const { step, values } = history;
    const decay = Math.pow(DAILY_DECAY, step / DAY);
    let sum = 0;
    let total = 0;
    for (const value of values) {
      sum = sum * decay + value * value;
      total = total * decay + 1;
    }
    return (sum / total) * (YEAR_SECONDS / step);
  },
);

const WINDOW_DAYS = 7;

/**
 * Bipower variation of the last seven days: jumps leave it alone, so that it estimates the diffusion's part.
 * @see Barndorff-Nielsen & Shephard (2004), "Power and bipower variation with stochastic volatility and jumps"
 */
export const bipowerModel = estimatorModel(
  "bipower",
  "bipower variation of a week of the feed's hourly returns, blind to jumps, flat over strikes and tenors",
  (history) => {
    const { step } = history;
    const values = lastDays(history, WINDOW_DAYS);
    let sum = 0;
    for (let i = 1; i < values.length; i++) sum += Math.abs(values[i] * values[i - 1]);
    return (0.5 * Math.PI * sum * YEAR_SECONDS) / (step * (values.length - 1));
  },
);

/** Steps of the slow scale. */
const SLOW = 6;

/**
 * Two-scale realised variance of the last seven days: the mean over six interleaved six-hour grids, less the part that
 * the hourly grid shows to be noise of the feed's threshold and delay; scaled to be unbiased at constant variance.
 * @see Zhang, Mykland & Aït-Sahalia (2005), "A tale of two time scales", equations 55 and 64
 */
export const twoScaleModel = estimatorModel(
  "two-scale",
  "two-scale realised vol of a week of the feed's hourly returns, rid of the feed's noise, flat over strikes and tenors",
  (history) => {
    const values = lastDays(history, WINDOW_DAYS);
    const fast = values.reduce((sum, value) => sum + value * value, 0);
    let slow = 0;
    let window = 0;
    for (let i = 0; i < values.length; i++) {
      window += values[i] - (i >= SLOW ? values[i - SLOW] : 0);
      if (i >= SLOW - 1) slow += (window * window) / SLOW;
    }
    const windows = values.length - SLOW + 1;
    // Daily prices leave no two scales in a week.
    if (windows <= SLOW) return (fast * YEAR_SECONDS) / (history.step * values.length);
    const clean = (slow - (windows / SLOW / values.length) * fast) / (windows * (1 - 1 / SLOW));
    // A quiet week can leave less than nothing: the slow scale alone cannot.
    return ((clean > 0 ? clean : slow / windows) * YEAR_SECONDS) / history.step;
  },
);

/** A model that passes on an estimate of annualised variance, nothing being fitted but the size of its error. */
function estimatorModel(name: string, summary: string, variance: (history: ReturnHistory) => number): PricingModel {
  return {
    name,
    summary,
    information: "prices",
    fit(calm) {
      checkCalm(name, calm, [], 5);
      const { validationStart } = splitCalm(name, calm);
      const period = returnPeriod(calmReturns(calm, calm.day.length), calm.features.returns[0].step);
      const estimate = (history: ReturnHistory) => variance(coarser(history, period));
      const fallback = meanVariance(name, calm.features, estimate);
      const raw = (at: FeatureTable) => estimates(at, estimate, fallback);
      const relativeSd = tailLogError(calm, validationStart, raw);
      return freeze({
        name,
        information: "prices",
        uses: ["returns"],
        trainedOn: summarise(calm),
        parameters: { period, fallback, relativeSd },
        diagnostics: () => ({ degreesOfFreedom: 1, boundsActive: [], conditionNumber: null }),
        raw,
        sd: (vol) => relativeSd * vol,
      });
    },
  };
}

/** Vols of all rows; histories too short or too still for an estimate take the calm mean. */
function estimates(at: FeatureTable, variance: (history: ReturnHistory) => number, fallback: number): Float64Array {
  let history: ReturnHistory | undefined;
  let vol = Number.NaN;
  return Float64Array.from(at.returns, (own) => {
    if (own !== history) {
      history = own;
      const estimate = variance(own);
      vol = Math.sqrt(estimate > 0 && estimate < Infinity ? estimate : fallback);
    }
    return vol;
  });
}

function meanVariance(name: string, { returns }: FeatureTable, variance: (history: ReturnHistory) => number): number {
  const all = [...new Set(returns)].map(variance).filter((value) => value > 0 && value < Infinity);
  if (all.length === 0) {
    throw new ModelFitError(
      name,
      "no calm moment has returns that an estimate can be made of",
      `${returns.length} rows`,
    );
  }
  return all.reduce((sum, value) => sum + value, 0) / all.length;
}

function lastDays({ step, values }: ReturnHistory, days: number): Float64Array {
  return values.subarray(Math.max(0, values.length - (days * DAY) / step));
}
