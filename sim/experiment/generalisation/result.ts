import type { InformationSet } from "../../../src/models/pricing-model.ts";

/** Distribution of a number over replicates; the interval of the median is by order statistics, 95 % unless said. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly mean: number;
  readonly q90: number;
  readonly n: number;
}

/** Errors at one severity and age. Vol points unless said otherwise; `gap` is error less error on fresh calm. */
export interface CurvePoint {
  readonly severity: number;
  /** Seconds since onset. */
  readonly age: number;
  /** Listed design after the declared domain: the headline. */
  readonly error: Spread;
  readonly gap: Spread;
  /** Gap less the attainable control's on the same replicate: failure to generalise. */
  readonly excess: Spread;
  /** Mean absolute error and its gap. */
  readonly absoluteGap: Spread;
  /** Before the declared domain. */
  readonly rawError: Spread;
  readonly rawGap: Spread;
  /** Gap of the root mean square of ln(model/true). */
  readonly logGap: Spread;
  readonly standardisedError: Spread;
  readonly standardisedGap: Spread;
  /** Signed mean error. */
  readonly bias: Spread;
  /** Mean share of quotes whose raw output was out of the domain, and of those without a true vol. */
  readonly outOfDomain: number;
  readonly failedQuotes: number;
  /** Medians: edge beyond the half-spread by the side that takes it, and share of orders turned away. */
  readonly exploitableByBuyers: number;
  readonly exploitableBySellers: number;
  readonly missedBuyers: number;
  readonly missedSellers: number;
}

/** Whether the model failed at the primary severity and age, by the rule fixed beforehand. */
export interface Verdict {
  readonly verdict: "broke" | "held" | "not shown";
  /** Shift gap less attainable's. */
  readonly excess: Spread;
  /** max(vol points, multiple × median error on fresh calm). */
  readonly threshold: number;
  /** Sign test of median excess ≤ 0.5 vol point, and the same after Holm over models. */
  readonly pValue: number;
  readonly adjustedPValue: number;
  /** One-sided bounds of the median at the model's Holm level. */
  readonly lower: number;
  readonly upper: number;
  readonly level: number;
}

/** A severity, or an end that is only known to lie beyond the range: −Infinity is written "≤ 0", Infinity "> 1". */
export type Threshold = number | "≤ 0" | "> 1";

/** Severity at which excess over attainable first passes max(vol points, multiple × own calm error), over replicates. */
export interface BreakingPoint {
  readonly median: Threshold;
  readonly low: Threshold;
  readonly high: Threshold;
  /** Turnbull's estimate from the severities' cells alone, without interpolation. */
  readonly turnbull: Threshold;
  /** Severity at which 5 % have broken; undefined below 60 replicates. */
  readonly fivePercent?: Threshold;
  /** Replicates that fall back under their threshold at a higher severity. */
  readonly reentries: number;
  /** Share that breaks between two exchangeable calm paths. */
  readonly falseBreaks: number;
  readonly n: number;
}

/** Placebo of one model: error on calm path A less on calm path B. */
export interface Placebo {
  readonly median: number;
  /** 90 % interval of the median. */
  readonly low: number;
  readonly high: number;
  /** Smallest gap that is reported as a failure, vol points. */
  readonly smallestReported: number;
  /** "passed" when the interval lies inside ± that; otherwise there are too few paths to tell. */
  readonly outcome: "passed" | "too few paths to tell";
}

/** Power of the primary test, from the spread between these replicates. */
export interface Power {
  readonly sd: number;
  /** Smallest mean excess that a paired t test of these replicates finds in 80 % of repetitions, vol points. */
  readonly smallestDetectable: number;
  /** Share of repetitions in which the sign test would find a median excess as large as the threshold. */
  readonly atThreshold: number;
}

export interface ModelResult {
  readonly name: string;
  readonly information: InformationSet;
  readonly isControl: boolean;
  /** Replicates without errors because the fit failed, with the first message. */
  readonly failedFits: number;
  readonly firstFailure?: string;
  /** On the quotes it was fitted on: noisy, and the clean surface behind them. */
  readonly fitNoisy: Spread;
  readonly fitClean: Spread;
  /** Fresh calm path at the primary age. */
  readonly calm: Spread;
  readonly calmRaw: Spread;
  readonly calmStandardised: Spread;
  /** Error on fresh calm less error of fit (clean), both in the design of training. */
  readonly optimism: Spread;
  readonly curve: readonly CurvePoint[];
  readonly placebo: Placebo;
  /** Undefined for controls. */
  readonly verdict?: Verdict;
  readonly breakingPoint?: BreakingPoint;
  readonly power?: Power;
}

/** Truth by a second implementation. */
export interface OracleCheck {
  readonly quotes: number;
  /** Largest difference, vol points. */
  readonly largest: number;
  /** 0.01 vol point. */
  readonly limit: number;
  readonly passed: boolean;
}

/** "The smile that broke": one replicate's smiles at the primary age. */
export interface SmileChart {
  readonly replicate: number;
  /** Seconds since onset. */
  readonly age: number;
  /** k/(σ_atm √τ) with the generator's at-the-money vol; the same grid for all. */
  readonly x: readonly number[];
  /** Range of x that training saw. */
  readonly trainedX: readonly [number, number];
  /** Range of at-the-money vols that training saw. */
  readonly trainedLevel: readonly [number, number];
  readonly smiles: readonly {
    readonly severity: number;
    /** Days. */
    readonly tenor: number;
    /** Vols; null where the true price is too small to have one. */
    readonly truth: readonly (number | null)[];
    readonly models: Readonly<Record<string, readonly number[]>>;
  }[];
}

/** Result of the off-chain experiment. Plain JSON. */
export interface GeneralisationResult {
  readonly kind: "synthetic";
  readonly scenario: string;
  readonly masterSeed: number;
  readonly replicates: number;
  readonly severities: readonly number[];
  /** Seconds since onset; the first is primary. */
  readonly ages: readonly number[];
  readonly primarySeverity: number;
  readonly primaryAge: number;
  /** Median lowest and highest at-the-money vol that training saw. */
  readonly trainedLevel: readonly [number, number];
  readonly trainingQuotes: number;
  readonly models: readonly ModelResult[];
  readonly oracle: OracleCheck;
  /** At the primary severity and age: medians of the attainable control's gap less the oracle's (zero). */
  readonly unobservableState: Spread;
  readonly chart: SmileChart;
}
