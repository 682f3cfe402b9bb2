import type { MarketFeedback } from "./persistent-impact.ts";
import type { Truth } from "./truth.ts";

/**
 * What a world's vols are: the true model's; quotes of a real market, which are somebody's prices and no truth; or the
 * variance that was realised over the option's life, which nobody knew at the time.
 */
export type VolKind = "truth" | "market quotes" | "realised over the life";

/** A world as a run meets it, simulated or recorded. */
export interface MarketWorld {
  readonly volKind: VolKind;
  /**
   * State at a time, persistent impact up to then included.
   * @param time - Unix seconds within the path
   * @param since - previous sample: `jumped` tells of jumps after it; one grid step before by default
   * @throws {WorldTimeError} when the path does not cover `time`
   */
  truthAt(time: number, since?: number): Truth;
  /** Price of the underlying, USD. @throws {WorldTimeError} when the path does not cover `time` */
  spotAt(time: number): number;
  /** Takes in what trading did to the outside price. @throws {WorldTimeError} when it is older than earlier feedback */
  feel(feedback: MarketFeedback): void;
  /** Annualised vol of an option, of the kind that `volKind` says; NaN from expiry on. */
  truthVol(expiry: number, strike: number, isCall: boolean, time: number): number;
}
