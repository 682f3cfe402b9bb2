import { createFeatureTable, setFeatures } from "../../../src/models/feature-pipeline.ts";
import type { QuoteSet, StateTable } from "../../../src/models/pricing-model.ts";
import { blackVega } from "../../../src/pricing/black-scholes.ts";
import type { Random } from "../../../src/random/random.ts";
import type { Scenario } from "../../scenarios/scenario.ts";
import type { TruthPricers } from "../../world/truth-pricers.ts";
import type { Moment } from "./moments.ts";

/**
 * Which options are quoted at a moment. `listed`: tenors and strikes that the vault lists, the strikes fixed in calm,
 * weighted by vega. `standardised`: tenors and strikes of training, at the same x = k/(σ_atm √τ) with the generator's
 * own at-the-money vol, equally weighted.
 */
export type DesignName = "listed" | "standardised";

export const designNames: readonly DesignName[] = ["listed", "standardised"];

/** Quotes with what experiments need beside them; every `size` rows are one design at one moment. */
export interface MarketQuotes extends QuoteSet {
  readonly state: StateTable;
  /** True log-moneyness; the features hold the feed's. */
  readonly trueLogMoneyness: Float64Array;
  readonly vega: Float64Array;
}

/** Number of quotes of a design at one moment. */
export function designSize({ training, scoring }: Scenario, design: DesignName): number {
  return design === "listed"
    ? scoring.listed.tenors.length * scoring.listed.strikes.length
    : training.tenors.length * training.moneyness.length;
}

/**
 * Quotes at each moment in each of the given designs: moment by moment, design by design, tenor by tenor.
 * @param noise - the stream of market noise on the targets
 */
export function quotesAt(
  scenario: Scenario,
  pricers: TruthPricers,
  moments: readonly Moment[],
  designs: readonly DesignName[],
  noise: Random,
): MarketQuotes {
  const count = moments.length * designs.reduce((sum, design) => sum + designSize(scenario, design), 0);
  const column = () => new Float64Array(count);
  const quotes: MarketQuotes = {
    features: createFeatureTable(count),
    target: column(),
    clean: column(),
    weight: column(),
    time: column(),
    day: new Int32Array(count),
    state: { variance: column(), severity: column() },
    trueLogMoneyness: column(),
    vega: column(),
  };
  let row = 0;
  for (const moment of moments) {
    for (const design of designs) row = writeDesign(quotes, row, scenario, pricers, moment, design);
  }
  for (let i = 0; i < count; i++) quotes.target[i] = quotes.clean[i] + scenario.quoteNoise * noise.normal(i, 0);
  return quotes;
}

function writeDesign(
  quotes: MarketQuotes,
  from: number,
  scenario: Scenario,
  pricers: TruthPricers,
  moment: Moment,
  design: DesignName,
): number {
  const isListed = design === "listed";
  const { listed } = scenario.scoring;
  const strikeCount = isListed ? listed.strikes.length : scenario.training.moneyness.length;
  const strikes = new Float64Array(strikeCount);
  const feedOffset = Math.log(moment.spot / moment.features.spot);
  let row = from;
  for (const days of isListed ? listed.tenors : scenario.training.tenors) {
    const years = days / 365;
    const pricer = pricers.forLife(moment, years);
    if (isListed) {
      for (let i = 0; i < strikeCount; i++) strikes[i] = Math.log((listed.strikes[i] * scenario.spot) / moment.spot);
    } else {
      const deviation = pricer.impliedVolOrNaN(moment.variance, years, 0) * Math.sqrt(years);
      for (let i = 0; i < strikeCount; i++) strikes[i] = scenario.training.moneyness[i] * deviation;
    }
    pricer.impliedVols(moment.variance, years, strikes, quotes.clean.subarray(row, row + strikeCount));
    for (let i = 0; i < strikeCount; i++, row++) {
      const vol = quotes.clean[row];
      const vega = Number.isNaN(vol) ? 0 : blackVega(1, Math.exp(strikes[i]), years, vol);
      setFeatures(quotes.features, row, moment.features, strikes[i] + feedOffset, years);
      quotes.trueLogMoneyness[row] = strikes[i];
      quotes.vega[row] = vega;
      quotes.weight[row] = isListed ? vega : 1;
      quotes.time[row] = moment.time;
      quotes.day[row] = Math.floor(moment.time / 86_400);
      quotes.state.variance[row] = moment.variance;
      quotes.state.severity[row] = moment.severity;
    }
  }
  return row;
}
