import type { Random } from "../random/random.ts";

/**
 * What a model may see. `prices`: feed rounds and public chain state. `lagged-surface`: also market quotes up to the
 * previous keeper cycle. `state`: the generator's own state; controls only.
 */
export type InformationSet = "prices" | "lagged-surface" | "state";

/** Names of the columns of a feature table, in order. One pipeline fills them for training and for the chain. */
export const featureNames = [
  /** ln(K/F) */
  "logMoneyness",
  /** Time to expiry in years of 365 days. */
  "years",
  /** Realised volatility over the short window, annualised. */
  "shortVol",
  /** Realised volatility over the long window, annualised. */
  "longVol",
  /** Dispersion of the short realised volatility over the long window. */
  "volOfVol",
  /** Share of the long window's realised variance that came from jumps, in [0, 1]. */
  "jumpShare",
  /** Signed vega bought from the vault over the flow half-life, as a share of the vega limit. */
  "orderFlow",
  /** Vault's open vega as a share of its limit. */
  "utilisation",
  /** Borrow rate of the underlying less that of the quote asset, per year. */
  "rateDifferential",
  /** Base fee in gwei. */
  "baseFee",
  /** At-the-money vol of the last market surface of the previous keeper cycle; NaN without `lagged-surface`. */
  "surfaceLevel",
] as const;

export type FeatureName = (typeof featureNames)[number];

/** Log returns of the feed's last answers on a regular grid, up to the last grid point before a moment. */
export interface ReturnHistory {
  /** Of the grid, seconds. */
  readonly step: number;
  /** Time of the last grid point, on the clock of the rounds; NaN before the second. */
  readonly end: number;
  /** Oldest first; as many as the pipeline keeps. Quotes of a moment share one history, which nobody changes. */
  readonly values: Float64Array;
}

/** What a prediction can read: a feature, or the history of returns. */
export type FeatureInput = FeatureName | "returns";

/** Features of one quote. */
export type QuoteFeatures = Readonly<Record<FeatureName, number>> & { readonly returns: ReturnHistory };

/** Features of many quotes, a column each; all columns have `count` entries. */
export type FeatureTable = { readonly count: number; readonly returns: ReturnHistory[] } & Readonly<
  Record<FeatureName, Float64Array>
>;

/**
 * The generator's state beside each quote, for controls only: instantaneous variance, and severity in force.
 * Experiments hand it to models whose information set is `state`, and to nobody else.
 */
export interface StateTable {
  readonly variance: Float64Array;
  readonly severity: Float64Array;
}

/** Quotes to fit on or to score against. */
export interface QuoteSet {
  readonly features: FeatureTable;
  /** Quoted implied vol, with market noise. */
  readonly target: Float64Array;
  /** The clean surface without noise; NaN where there is no truth (real history). */
  readonly clean: Float64Array;
  /** Weight of each quote (open vega in the listed design). */
  readonly weight: Float64Array;
  /** Unix seconds, or seconds since the path's start, of each quote. */
  readonly time: Float64Array;
  /** Index of the trading day of each quote: quotes of a day are not independent. */
  readonly day: Int32Array;
}

/** Ranges that training saw, so that extrapolation can be told. */
export interface TrainingSummary {
  readonly quotes: number;
  readonly days: number;
  readonly ranges: Readonly<Partial<Record<FeatureName, readonly [number, number]>>>;
  /** Range of at-the-money vols in training. */
  readonly levelRange: readonly [number, number];
  /** Median of each feature, and the history of median variance: the quote that explanations start from. NaN where the market does not have one. */
  readonly typical: QuoteFeatures;
}

/** How far a fit can be trusted. */
export interface FitDiagnostics {
  /** Effective degrees of freedom. */
  readonly degreesOfFreedom: number;
  /** Limits that a parameter or a choice ended at, in words; empty when none. */
  readonly boundsActive: readonly string[];
  /**
   * Ratio of the extreme singular values of the Jacobian or design that was solved, its columns at unit length; null
   * where nothing was solved, Infinity where parameters cannot be told apart.
   */
  readonly conditionNumber: number | null;
}

/** What drove one prediction: base + Σ contributions + clamping = vol, all in vol. */
export interface Explanation {
  /** Raw vol of training's typical quote. */
  readonly base: number;
  /** What each feature that the model reads adds on the way from the typical quote to this one; Shapley values. */
  readonly contributions: Readonly<Partial<Record<FeatureInput, number>>>;
  /** What the declared domain adds to the raw vol. */
  readonly clamping: number;
  readonly vol: number;
}

/** Vols with the model's standard deviation in vol; arrays as long as the table. */
export interface Predictions {
  readonly vol: Float64Array;
  readonly sd: Float64Array;
}

/** A family of pricing models: fitted on calm quotes only. */
export interface PricingModel {
  readonly name: string;
  /** One line for `npx hardhat models`. */
  readonly summary: string;
  readonly information: InformationSet;
  /**
   * A pure function of what it is given.
   * @param random - stream of all models that are fitted on these quotes; a model that draws does so from a fork of its
   * own name, so that it is the same alone and in an ensemble
   * @throws {ModelFitError} with what and where, never a NaN model
   */
  fit(calm: QuoteSet, random: Random): FittedModel;
}

/** A frozen model. `predict*` clamps to the domain that a deployed keeper would enforce; `raw*` does not. */
export interface FittedModel {
  readonly name: string;
  readonly information: InformationSet;
  /** Computed when asked for: some cost as much as a fit. */
  readonly diagnostics: FitDiagnostics;
  readonly trainedOn: TrainingSummary;
  /** Declared output domain in vol. */
  readonly domain: readonly [number, number];
  predict(at: QuoteFeatures): { vol: number; sd: number };
  predictMany(at: FeatureTable, state?: StateTable): Predictions;
  rawMany(at: FeatureTable, state?: StateTable): Float64Array;
  /** @throws {ModelInputError} as `predict` */
  explain(at: QuoteFeatures): Explanation;
  /** Frozen parameters; their hash goes into results and bundles. */
  toJSON(): unknown;
}
