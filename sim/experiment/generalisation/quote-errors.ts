/** Costs and habits of traders that turn a vol error into money; vols, 0.01 = one vol point. */
export interface TradeTerms {
  /** Half the spread around the model's vol. */
  readonly halfSpread: number;
  /** Mean of a noise trader's private value, exponentially distributed. */
  readonly privateValue: number;
}

/** Errors of one model over one design of quotes. Vol points unless said otherwise; lower is better for all. */
export interface QuoteErrors {
  /** Weighted root mean square and mean absolute error after the declared output domain. */
  readonly rmse: number;
  readonly mae: number;
  /** The same before the domain is enforced. */
  readonly rawRmse: number;
  readonly rawMae: number;
  /** Weighted root mean square of ln(model/true), after the domain. */
  readonly logRmse: number;
  /** Weighted mean of model − true, after the domain: positive when the model is dear. */
  readonly bias: number;
  /** Share of quotes whose raw output lay outside the domain. */
  readonly outOfDomain: number;
  /** Share of quotes whose true price has no implied vol; each counts with the design's worst error. */
  readonly failed: number;
  /** Vega-weighted mean of the edge left beyond the half-spread: to buyers of options (model cheap), to sellers (dear). */
  readonly exploitableByBuyers: number;
  readonly exploitableBySellers: number;
  /** Share of the orders that a true quote would have filled and this one turns away, by the side of the customer. */
  readonly missedBuyers: number;
  readonly missedSellers: number;
}

/** A stretch of quotes with their truth. */
export interface ScoredQuotes {
  readonly truth: Float64Array;
  /** Weight within the design. */
  readonly weight: Float64Array;
  /** Vega of each quote, any unit. */
  readonly vega: Float64Array;
}

const POINTS = 100;

/**
 * Scores rows `from` … `to` − 1.
 * @param raw - model's vols before its domain
 * @param domain - declared output domain in vol
 */
export function scoreQuotes(
  { truth, weight, vega }: ScoredQuotes,
  raw: Float64Array,
  domain: readonly [number, number],
  { halfSpread, privateValue }: TradeTerms,
  from = 0,
  to = truth.length,
): QuoteErrors {
  const totals = new Totals();
  let failedWeight = 0;
  let failed = 0;
  let vegaTotal = 0;
  let buyers = 0;
  let sellers = 0;
  let missedBuyers = 0;
  let missedSellers = 0;
  for (let i = from; i < to; i++) {
    if (Number.isNaN(truth[i])) {
      failed++;
      failedWeight += weight[i];
      continue;
    }
    const vol = Math.min(domain[1], Math.max(domain[0], raw[i]));
    totals.add(weight[i], vol - truth[i], raw[i] - truth[i], Math.log(vol / truth[i]), vol !== raw[i]);
    const dear = vol - truth[i];
    vegaTotal += vega[i];
    buyers += vega[i] * Math.max(0, -dear - halfSpread);
    sellers += vega[i] * Math.max(0, dear - halfSpread);
    // Orders with private value beyond the half-spread trade at a true quote; e^(-error/mean) of them still do.
    missedBuyers += vega[i] * (dear > 0 ? -Math.expm1(-dear / privateValue) : 0);
    missedSellers += vega[i] * (dear < 0 ? -Math.expm1(dear / privateValue) : 0);
  }
  totals.countWorst(failedWeight);
  const perVega = vegaTotal > 0 ? 1 / vegaTotal : 0;
  return {
    ...totals.means(to - from),
    failed: failed / (to - from),
    exploitableByBuyers: POINTS * buyers * perVega,
    exploitableBySellers: POINTS * sellers * perVega,
    missedBuyers: missedBuyers * perVega,
    missedSellers: missedSellers * perVega,
  };
}

/** Running weighted sums of errors. */
class Totals {
  #weight = 0;
  #square = 0;
  #absolute = 0;
  #rawSquare = 0;
  #rawAbsolute = 0;
  #logSquare = 0;
  #sum = 0;
  #outside = 0;
  #worst = 0;
  #rawWorst = 0;
  #logWorst = 0;

  add(weight: number, error: number, rawError: number, logError: number, isOutside: boolean): void {
    this.#weight += weight;
    this.#square += weight * error * error;
    this.#absolute += weight * Math.abs(error);
    this.#rawSquare += weight * rawError * rawError;
    this.#rawAbsolute += weight * Math.abs(rawError);
    this.#logSquare += weight * logError * logError;
    this.#sum += weight * error;
    if (isOutside) this.#outside++;
    this.#worst = Math.max(this.#worst, Math.abs(error));
    this.#rawWorst = Math.max(this.#rawWorst, Math.abs(rawError));
    this.#logWorst = Math.max(this.#logWorst, Math.abs(logError));
  }

  countWorst(weight: number): void {
    this.#weight += weight;
    this.#square += weight * this.#worst ** 2;
    this.#absolute += weight * this.#worst;
    this.#rawSquare += weight * this.#rawWorst ** 2;
    this.#rawAbsolute += weight * this.#rawWorst;
    this.#logSquare += weight * this.#logWorst ** 2;
  }

  means(count: number) {
    const weight = this.#weight;
    return {
      rmse: POINTS * Math.sqrt(this.#square / weight),
      mae: (POINTS * this.#absolute) / weight,
      rawRmse: POINTS * Math.sqrt(this.#rawSquare / weight),
      rawMae: (POINTS * this.#rawAbsolute) / weight,
      logRmse: Math.sqrt(this.#logSquare / weight),
      bias: (POINTS * this.#sum) / weight,
      outOfDomain: this.#outside / count,
    };
  }
}
