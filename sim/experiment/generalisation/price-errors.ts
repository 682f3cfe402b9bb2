import { outOfTheMoneyPrice } from "../../../src/pricing/black-scholes.ts";
import type { MarketQuotes } from "./quotes.ts";

const BASIS_POINTS = 1e4;

/** Vega-weighted price errors of quotes, in basis points of spot. A true price is computed once for all models. */
export class PriceErrors {
  readonly #quotes: MarketQuotes;
  readonly #truth: Float64Array;

  constructor(quotes: MarketQuotes) {
    this.#quotes = quotes;
    this.#truth = new Float64Array(quotes.clean.length).fill(Number.NaN);
  }

  /**
   * Σ vega |price at the model's vol − price at the true one| / Σ vega, over rows `from` … `to` − 1. A quote without a
   * true vol has no vega and so no weight.
   * @param raw - model's vols before its domain
   * @param domain - declared output domain in vol
   */
  over(raw: Float64Array, domain: readonly [number, number], from: number, to: number): number {
    const { vega } = this.#quotes;
    let [sum, weight] = [0, 0];
    for (let row = from; row < to; row++) {
      if (vega[row] === 0) continue;
      const vol = Math.min(domain[1], Math.max(domain[0], raw[row]));
      sum += vega[row] * Math.abs(this.#price(row, vol) - this.#truePrice(row));
      weight += vega[row];
    }
    return weight > 0 ? (BASIS_POINTS * sum) / weight : 0;
  }

  #truePrice(row: number): number {
    const truth = this.#truth;
    if (Number.isNaN(truth[row])) truth[row] = this.#price(row, this.#quotes.clean[row]);
    return truth[row];
  }

  /** Of the out-of-the-money side, whose error is that of the other by parity, in units of spot. */
  #price(row: number, vol: number): number {
    const { trueLogMoneyness, features } = this.#quotes;
    return outOfTheMoneyPrice(1, Math.exp(trueLogMoneyness[row]), vol * Math.sqrt(features.years[row]));
  }
}
