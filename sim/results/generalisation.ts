import { z } from "zod/v4";

import { controlVerdict, optionalNumber, sampleSchema, share } from "./parts.ts";

export const designName = z.enum(["listed", "standardised"]);

/** Exploitable error and missed business at one severity, vega-weighted means in vol points and shares of orders. */
const exploitable = z.strictObject({
  severity: share,
  /** max(0, truth − quote − half-spread) where the vault sells: options given away. */
  soldTooCheap: optionalNumber,
  /** max(0, quote − truth − half-spread) where the vault buys: options overpaid. */
  boughtTooDear: optionalNumber,
  /** Share of orders that were profitable at the truth and were turned away by an over-priced ask. */
  missedSales: optionalNumber,
  /** The same at an under-priced bid. */
  missedPurchases: optionalNumber,
  /** Vega-weighted mean absolute price error of the listed quotes, basis points of spot. */
  priceErrorBp: sampleSchema,
});

/** One kind of static arbitrage in a model's surfaces: share of the places that have it, and the worst, bp of spot. */
const arbitrageKind = z.strictObject({ rate: share, worstBp: optionalNumber });

/** Static arbitrage on a dense grid of x = k/(σ√τ) in [−3, 3] by trained tenors, after the declared domain. */
const arbitrage = z.strictObject({
  severity: share,
  /** Surfaces looked at, one a replicate, and the share of them without any. */
  surfaces: z.number().int().positive(),
  freeShare: share,
  /** Prices outside their bounds. */
  bounds: arbitrageKind,
  /** Calls that rise in the strike, or fall faster than it. */
  vertical: arbitrageKind,
  /** Butterflies with a negative price. */
  butterfly: arbitrageKind,
  /** Calls worth more than those of the same moneyness that live longer. */
  calendar: arbitrageKind,
});

/** Failure to generalise, primary family: d = gap(model) − gap(attainable), paired by replicate. */
const versusAttainable = z.strictObject({
  severity: share,
  /** Seconds since onset. */
  age: z.number().nonnegative(),
  design: designName,
  d: sampleSchema,
  /** Lower bound of d, Holm-adjusted over the models of the family, vol points. */
  adjustedLower: optionalNumber,
  /** Upper bound of d, vol points. */
  upper: optionalNumber,
  pValue: optionalNumber,
  adjustedPValue: optionalNumber,
  /** max(5 vol points, 2 × median E_calm) or what the scenario says. */
  threshold: z.number(),
  verdict: z.enum(["broke", "held", "not shown"]),
  /** Smallest mean d that a paired t test of these replicates finds in 80 % of repetitions, vol points. */
  smallestDetectableVp: optionalNumber.optional(),
  /** Share of repetitions in which the test would find a median d as large as the threshold. */
  powerAtThreshold: share.optional(),
});

/** Severity at which the shift gap passes the threshold. */
const breakingPoint = z.strictObject({
  /** Null when censored. */
  median: optionalNumber,
  low: optionalNumber,
  high: optionalNumber,
  /** `at-or-below-0`: broken in calm already; `above-1`: more than half the seeds held at severity 1. */
  censored: z.enum(["none", "at-or-below-0", "above-1"]),
  seeds: z.number().int().nonnegative(),
  /** Seeds whose threshold was passed more than once. */
  reentries: z.number().int().nonnegative(),
  /** Share of seeds broken at severity 0, with its exact 95 % interval (Clopper & Pearson). */
  falseBreakRate: optionalNumber,
  falseBreakLow: optionalNumber,
  falseBreakHigh: optionalNumber,
  /** Severity at which 5 % have broken; null when censored, left out below 60 seeds. */
  fivePercent: optionalNumber.optional(),
});

export const modelResultSchema = z.strictObject({
  name: z.string(),
  summary: z.string(),
  /** Controls are drawn and listed apart; they are never in the primary family. */
  kind: z.enum(["model", "control"]),
  information: z.enum(["prices", "lagged-surface", "state"]),
  /** Effective degrees of freedom. */
  complexity: optionalNumber,
  /** How far the fit of the first replicate can be trusted; null for controls and where it failed. */
  diagnostics: z
    .strictObject({
      /** Limits that a parameter or a choice ended at. */
      boundsActive: z.array(z.string()),
      /** Of the Jacobian or design that was solved; null where nothing was, or where it is singular. */
      conditionNumber: optionalNumber,
    })
    .nullable()
    .optional(),
  /** Hash of the frozen parameters, 0x… ; of the first replicate where each has its own. */
  frozenHash: z.string(),
  /** Declared output domain in annualised vol. */
  domain: z.tuple([z.number(), z.number()]),
  /** Replicates in which the fit failed, which no other figure of the model counts, and the first message. */
  failedFits: z.number().int().nonnegative().optional(),
  firstFailure: z.string().optional(),
  /** Share of raw outputs outside the domain under stress at the primary severity. */
  domainShareOut: optionalNumber,
  /** Errors in vol points (root mean square within a replicate), after the declared domain. */
  fit: sampleSchema,
  fitClean: sampleSchema,
  calm: sampleSchema,
  optimism: sampleSchema,
  /**
   * Exploratory: p-value of a median optimism of at most none, adjusted by Holm over models, and a 95 % band that holds
   * the medians of all models (null below twenty replicates that all share); null for controls.
   */
  optimismTest: z
    .strictObject({
      pValue: optionalNumber,
      adjustedPValue: optionalNumber,
      band: z.strictObject({ low: z.number(), high: z.number() }).nullable(),
    })
    .nullable(),
  /** The same fresh-calm error before the declared domain. */
  rawCalm: sampleSchema,
  /** Shift gaps g(s) = E(s) − E_calm in vol points; `rawGap` before the declared domain. */
  gaps: z.array(
    z.strictObject({
      severity: share,
      age: z.number().nonnegative(),
      design: designName,
      gap: sampleSchema,
      /** Error itself, root mean square, and gap of the mean absolute error. */
      error: sampleSchema.optional(),
      absoluteGap: sampleSchema.optional(),
      /** Signed mean error: positive when the model is dear. */
      bias: sampleSchema.optional(),
      rawGap: sampleSchema.nullable(),
      /** The same gap as log ratio ln(quote / truth), root mean square. */
      logGap: sampleSchema.nullable(),
      /**
       * 95 % bands that hold the whole curve over severities at this age and design: of medians by order statistics,
       * of means by the largest studentised deviation. Null at severity 0, and below twenty replicates.
       */
      band: z.strictObject({ low: z.number(), high: z.number(), meanLow: z.number(), meanHigh: z.number() }).nullable(),
      /**
       * Exploratory: gap less the attainable control's, paired by replicate, with the p-value of a median of at most
       * half a vol point, adjusted by Holm over models and severities of this age and design. Null for controls and at
       * severity 0.
       */
      beyond: z.strictObject({ d: sampleSchema, pValue: optionalNumber, adjustedPValue: optionalNumber }).nullable(),
    }),
  ),
  /** Null for controls and where attainable was not run. */
  versusAttainable: versusAttainable.nullable(),
  breakingPoint: breakingPoint.nullable(),
  exploitable: z.array(exploitable),
  /**
   * Exploratory: Spearman's correlation over replicates of the energy distance of features with the shift gap, at the
   * primary severity and age; null for controls, below ten replicates, and where either does not vary.
   */
  foretold: z.strictObject({ rho: z.number(), low: z.number(), high: z.number(), n: z.number().int() }).nullable(),
  /** In calm and at the primary severity, first age; empty for controls. */
  arbitrage: z.array(arbitrage),
});

/** Two-sided interval of the placebo: error on one fresh calm path less that on another. */
const placebo = z.strictObject({
  /** 90 % interval over all models, vol points. */
  low: optionalNumber,
  high: optionalNumber,
  byModel: z.array(
    z.strictObject({ model: z.string(), low: optionalNumber, high: optionalNumber, n: z.number().int() }),
  ),
  /** Share of placebo tests that reject at 5 %, with its binomial interval. */
  falsePositives: z
    .strictObject({
      rate: share,
      low: share,
      high: share,
      replications: z.number().int().positive(),
      level: share,
    })
    .nullable(),
  verdict: controlVerdict,
});

export const controlsSchema = z.strictObject({
  /** The pricing oracle against a second implementation, vol points; at most 0.01. */
  oracle: z
    .strictObject({
      maxErrorVp: optionalNumber,
      quotes: z.number().int().nonnegative(),
      limitVp: z.number(),
      verdict: controlVerdict,
    })
    .nullable(),
  placebo: placebo.nullable(),
  /** Training targets shuffled: upper bound of skill, at most 0.05. */
  permutation: z
    .strictObject({
      withinDays: optionalNumber,
      acrossDays: optionalNumber,
      limit: z.number(),
      verdict: controlVerdict,
    })
    .nullable(),
  /** Stress leaked into training: the gap has to fall as the share grows. */
  leak: z
    .strictObject({
      model: z.string(),
      points: z.array(z.strictObject({ share, medianGapVp: optionalNumber })),
      verdict: controlVerdict,
    })
    .nullable(),
  /** Stress vols times a factor: largest deviation of squared error from the exact change, in squared vol points. */
  knownBreak: z.strictObject({ factor: z.number(), maxDeviation: optionalNumber, verdict: controlVerdict }).nullable(),
  /** Smallest gap, vol points, that this many replicates can tell from the placebo. */
  smallestGapVp: optionalNumber,
  /** What is left of P0's quotes against truth on chain, vol points. */
  p0: z
    .strictObject({
      maxErrorVp: optionalNumber,
      quotes: z.number().int().nonnegative(),
      limitVp: z.number(),
      verdict: controlVerdict,
    })
    .nullable(),
  /** Variance of a paired difference over that of an unpaired one, by metric: what common numbers save. */
  varianceRatios: z.array(z.strictObject({ metric: z.string(), ratio: optionalNumber })),
});

/** The smile that broke: vols in annualised units over x = k/(σ_atm √τ). */
const smile = z.strictObject({
  /** `calm`: severity 0; otherwise the stress of this severity. */
  severity: share,
  tenorDays: z.number().positive(),
  x: z.array(z.number()),
  truth: z.array(optionalNumber),
  models: z.array(z.strictObject({ model: z.string(), vol: z.array(optionalNumber) })),
});

/** Median absolute error in vol points by x (columns) and tenor (rows). */
const heatMap = z.strictObject({
  model: z.string(),
  severity: share,
  x: z.array(z.number()),
  tenorDays: z.array(z.number()),
  errorVp: z.array(z.array(optionalNumber)),
});

/** How far a severity lies from training by features alone, over replicates. */
const distance = z.strictObject({
  severity: share,
  age: z.number().nonnegative(),
  design: designName,
  /** Share of quotes with any feature outside its range in training. */
  quotesOutside: sampleSchema,
  /** Share of features outside their range in training, mean over quotes; of those that vary there. */
  featuresOutside: sampleSchema,
  /** Energy distance of the moment's features from those of the training moments, in their standard deviations. */
  energy: sampleSchema,
});

/** Exploratory: two models at the primary severity and age, paired by replicate. */
const comparison = z.strictObject({
  model: z.string(),
  other: z.string(),
  /** Shift gap of the model less that of the other, vol points. */
  difference: sampleSchema,
  /** Two-sided sign-flip permutation test of a zero mean, and the same after Holm over pairs. */
  pValue: z.number(),
  adjustedPValue: z.number(),
});

export const generalisationSchema = z.strictObject({
  replicates: z.number().int().positive(),
  trainingDraws: z.number().int().positive(),
  severities: z.array(share),
  /** Seconds since onset. */
  ages: z.array(z.number().nonnegative()),
  designs: z.array(designName),
  primary: z.strictObject({ severity: share, age: z.number().nonnegative(), design: designName }),
  training: z.strictObject({
    days: z.number().positive(),
    quotes: z.number().int().positive(),
    /** At-the-money vols that training saw, annualised. */
    levelRange: z.tuple([z.number(), z.number()]),
    /** Range of x that training saw. */
    moneynessRange: z.tuple([z.number(), z.number()]),
    /** What an adversary did to the quotes: its share of them, and what it added to each, vol; null: nobody did. */
    poison: z.strictObject({ share, shift: z.number() }).nullable(),
  }),
  models: z.array(modelResultSchema),
  distances: z.array(distance),
  /** Share of generated quotes whose true price has no implied vol; each counts with its design's worst error. */
  quoteControl: z.array(
    z.strictObject({
      severity: share,
      design: designName,
      /** Null where no replicate was scored. */
      failed: share.nullable(),
      /** Replicates times ages that the share rests on. */
      stretches: z.number().int().nonnegative(),
    }),
  ),
  comparisons: z.array(comparison),
  controls: controlsSchema,
  smiles: z.array(smile),
  heatMaps: z.array(heatMap),
});

export type ModelResult = z.output<typeof modelResultSchema>;
export type Controls = z.output<typeof controlsSchema>;
export type Generalisation = z.output<typeof generalisationSchema>;
export type Arbitrage = z.output<typeof arbitrage>;
export type Comparison = z.output<typeof comparison>;
export type Distance = z.output<typeof distance>;
export type Smile = z.output<typeof smile>;
export type HeatMap = z.output<typeof heatMap>;
export type VersusAttainable = z.output<typeof versusAttainable>;
export type BreakingPoint = z.output<typeof breakingPoint>;
