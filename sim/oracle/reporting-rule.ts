import type { FeedRound } from "../../src/protocol/actions.ts";

/** When a feed reports: after `heartbeat` seconds of silence, or once the price is `deviation` (a share) away. */
export interface ReportingTerms {
  /** Seconds. */
  readonly heartbeat: number;
  /** Share of the last answer, 0.005 = 0.5 %. */
  readonly deviation: number;
  /** Seconds from observation to transmission. */
  readonly delay: number;
}

/** Smallest step of an answer: feeds carry 8 decimals. */
export const ANSWER_DECIMALS = 8;

/**
 * The honest feed as a pure rule over a price path: training off chain and the reporter on chain both use it, so that
 * a model meets on the chain the rounds that it was trained on. Prices are fed once, in time order, in pieces of any
 * size; the rounds do not depend on the pieces.
 */
export class ReportingRule {
  readonly #terms: ReportingTerms;
  #answer = Number.NaN;
  #observedAt = Number.NEGATIVE_INFINITY;

  constructor(terms: ReportingTerms) {
    this.#terms = terms;
  }

  /**
   * Rounds that observations at `times[from] … times[to − 1]` cause, oldest first. The first price ever seen is a round.
   * @param times - seconds, increasing
   * @param prices - USD, as many
   */
  due(times: ArrayLike<number>, prices: ArrayLike<number>, from = 0, to = times.length): FeedRound[] {
    const rounds: FeedRound[] = [];
    const { heartbeat, deviation, delay } = this.#terms;
    for (let i = from; i < to; i++) {
      const isSilent = times[i] - this.#observedAt >= heartbeat;
      const isAway = Math.abs(prices[i] - this.#answer) >= deviation * this.#answer;
      if (!isSilent && !isAway) continue;
      this.#answer = quantiseAnswer(prices[i]);
      this.#observedAt = times[i];
      rounds.push({ answer: this.#answer, observedAt: times[i], updatedAt: times[i] + delay });
    }
    return rounds;
  }
}

/** USD price as a feed of 8 decimals carries it, rounded to nearest. */
export function quantiseAnswer(price: number): number {
  return Math.round(price * 10 ** ANSWER_DECIMALS) / 10 ** ANSWER_DECIMALS;
}
