import { z } from "zod/v4";

import { repairRules } from "../../src/processes/data-faults.ts";

import { estimateSchema, optionalNumber, share } from "./parts.ts";

const window = z.strictObject({
  /** Unix seconds. */
  from: z.number(),
  to: z.number(),
  /** Bars of price history in the window. */
  bars: z.number().int().nonnegative(),
  /** Annualised realised vol over the window. */
  realisedVol: optionalNumber,
});

/** Score of one forecast or model in one window. */
const score = z.strictObject({
  /** Mean QLIKE loss of variance forecasts. */
  qlike: optionalNumber,
  /** Root mean square of ln(forecast vol / realised vol). */
  logError: optionalNumber,
  origins: z.number().int().nonnegative(),
});

/** Root mean square error against real option quotes, vol points. */
const quoteScore = z.strictObject({
  rmseVp: optionalNumber,
  medianAbsoluteVp: optionalNumber,
  quotes: z.number().int().nonnegative(),
});

const historyModel = z.strictObject({
  name: z.string(),
  summary: z.string(),
  /** `benchmark`: best constant and HAR, fitted on the calm window. */
  kind: z.enum(["model", "control", "benchmark"]),
  frozenHash: z.string().nullable(),
  calm: score,
  stress: score,
  /** Forecast failure: stress QLIKE less calm QLIKE. */
  forecastFailure: optionalNumber,
  /** Where that failure falls among as many randomly drawn calm windows; null below 30 windows. */
  nullQuantile: optionalNumber,
  /** Real option quotes, where a file was given. */
  quotes: z.strictObject({ fit: quoteScore, calm: quoteScore, stress: quoteScore, gapVp: optionalNumber }).nullable(),
});

/** One test: a calm window to train on and the stress window after, scored off chain. */
const test = z.strictObject({
  name: z.string(),
  /** Why this window, with its source. */
  why: z.string(),
  calm: window,
  stress: window,
  nullWindows: z.number().int().nonnegative(),
  /** Share of stress quotes outside the calm range of features. */
  outsideTraining: share.nullable(),
  models: z.array(historyModel),
});

/** What quality control found in one file. A file with a fault that no allowed rule repairs is refused, and no run has it. */
const dataFile = z.strictObject({
  role: z.enum(["prices", "quotes", "volatility-index"]),
  file: z.string(),
  sha256: z.string(),
  rows: z.number().int().positive(),
  /** First and last time, Unix seconds. */
  from: z.number(),
  to: z.number(),
  /** Usual step between rows, seconds; null of quotes. */
  spacing: optionalNumber,
  gaps: z.strictObject({
    count: z.number().int().nonnegative(),
    /** Rows that gaps leave out; null of quotes, where a gap is more than two days without a snapshot. */
    missing: z.number().int().nonnegative().nullable(),
    longest: z.strictObject({ from: z.number(), to: z.number() }).nullable(),
  }),
  /** Most rows in a row in which nothing moved; null of quotes. */
  stillBars: z.number().int().nonnegative().nullable(),
  /** Rules that were allowed. */
  repairs: z.array(z.enum(repairRules)),
  dropped: z.number().int().nonnegative(),
  filled: z.number().int().nonnegative(),
  faults: z.array(
    z.strictObject({
      what: z.string(),
      count: z.number().int().positive(),
      /** Lines of the first ten, from 1. */
      lines: z.array(z.number().int().positive()),
      repairedBy: z.enum(repairRules).nullable(),
    }),
  ),
  /** Other checks and what they gave, one line each. */
  checks: z.array(z.string()),
});

/** One forecaster's losses against another's. */
const pair = z.strictObject({
  model: z.string(),
  against: z.string(),
  /** Origins where both have a loss. */
  origins: z.number().int().nonnegative(),
  /** Mean loss of the model less that of the other: positive when the model is worse. */
  difference: optionalNumber,
  /** Diebold–Mariano with the long-run variance of the lowest frequencies; null below thirty origins. */
  statistic: optionalNumber,
  /** Two-sided, and adjusted by Holm over the pairs of one table. */
  p: share.nullable(),
  adjusted: share.nullable(),
  /** The same with autocovariances cut off at the cube root of the origins and the factor of Harvey, Leybourne and Newbold. */
  pTruncated: share.nullable(),
  /** The mean difference inside each stress window of these models: one path, so no test. */
  windows: z.array(
    z.strictObject({ name: z.string(), origins: z.number().int().nonnegative(), difference: optionalNumber }),
  ),
});

/** Whether frozen forecasters lose alike, from the end of their training to the end of the file. */
const comparison = z.strictObject({
  /** Tests whose models these are: they share a calm window. */
  tests: z.array(z.string()).min(1),
  /** QLIKE of realised variance by origin, or the day's mean squared error on real quotes in squared vol points. */
  loss: z.enum(["qlike", "squared-vol-error"]),
  span: z.enum(["all", "outside-stress"]),
  /** Unix seconds. */
  from: optionalNumber,
  to: optionalNumber,
  origins: z.number().int().nonnegative(),
  /** Origins left out: holes in the prices that they rest on, or a life without a move. */
  leftOut: z.number().int().nonnegative(),
  rows: z.array(pair),
});

/** All stress windows together among random calm ones; the unit is the window. */
const across = z.strictObject({
  loss: z.enum(["qlike", "squared-vol-error"]),
  /** Tests, in the order of `places`. */
  windows: z.array(z.string()),
  nullWindows: z.number().int().positive(),
  nullDays: z.number().int().positive(),
  /** Ways to give blocks to tests that the law of the places rests on: all there are, or a random sample. */
  assignments: z.number().int().positive(),
  isComplete: z.boolean(),
  rows: z.array(
    z.strictObject({
      model: z.string(),
      /** Share of the calm windows that lose less than each stress window. */
      places: z.array(share),
      meanPlace: share,
      /** One-sided, and adjusted by Holm over models. */
      p: share,
      adjusted: share,
    }),
  ),
});

/** Arm B: one path of real prices. Nothing here is truth, and a model's output is never market data. */
export const historySchema = z.strictObject({
  prices: z.strictObject({ file: z.string(), sha256: z.string(), rows: z.number().int().positive() }),
  quotes: z.strictObject({ file: z.string(), sha256: z.string(), rows: z.number().int().positive() }).nullable(),
  /** By file, prices first. */
  quality: z.array(dataFile),
  /** What was repaired or dropped, one line each. */
  repairs: z.array(z.string()),
  calm: window,
  stress: window,
  /** All tests, the one that ran on chain first; its numbers are those beside this list. */
  tests: z.array(test).min(1),
  /** Empty where nothing lies after training. */
  comparisons: z.array(comparison),
  /** By loss; empty below two tests or thirty calm windows. */
  across: z.array(across),
  /** What is forecast or fitted, in words: realised variance over the life, or quoted implied vol. */
  target: z.string(),
  nullWindows: z.number().int().nonnegative(),
  models: z.array(historyModel),
  /** Series for the chart: time, close, and short realised vol. */
  path: z.strictObject({
    times: z.array(z.number()),
    price: z.array(optionalNumber),
    realisedVol: z.array(optionalNumber),
  }),
  /** Smiles of real quotes and of the models at one instant of each window; empty without a quotes file. */
  smiles: z.array(
    z.strictObject({
      window: z.enum(["calm", "stress"]),
      time: z.number(),
      tenorDays: z.number().positive(),
      /** ln(K/F). */
      logMoneyness: z.array(z.number()),
      quoted: z.array(optionalNumber),
      models: z.array(z.strictObject({ model: z.string(), vol: z.array(optionalNumber) })),
    }),
  ),
  /** The excess cost on chain is against a surrogate, named here; null where nothing ran on chain. */
  surrogate: z.string().nullable(),
  /** Share of stress quotes outside the calm range of features. */
  outsideTraining: share.nullable(),
  /** Cost of each model against the benchmark `constant`, by model; shares of genesis NAV. */
  costAgainstConstant: z.array(z.strictObject({ model: z.string(), preset: z.string(), cost: estimateSchema })),
});

export type HistoryResult = z.output<typeof historySchema>;
export type HistoryModel = z.output<typeof historyModel>;
export type Comparison = z.output<typeof comparison>;
export type AcrossWindows = z.output<typeof across>;
export type DataFile = z.output<typeof dataFile>;
