import { createFeatureTable, setFeatures } from "../../../../src/models/feature-pipeline.ts";
import type { FittedModel } from "../../../../src/models/pricing-model.ts";
import { blackGreeks, type BlackGreeks } from "../../../../src/pricing/black-scholes.ts";
import type { Random } from "../../../../src/random/random.ts";
import { YEAR_SECONDS } from "../../../../src/time/year.ts";
import type { Moment } from "../../../experiment/generalisation/moments.ts";
import type { TruthPricers } from "../../../world/truth-pricers.ts";
import type { TradingCosts } from "../hedging/trading-costs.ts";

/** What a vault decides beside its model. */
export interface Policy {
  /** Half the spread about the model's vol, vol. */
  readonly halfSpread: number;
  /** Distance of the delta from nil at which it is hedged, share of NAV; Infinity: never. */
  readonly band: number;
  /** Contracts of one order. */
  readonly size: number;
}

/** Orders of one series an hour. A noise trader on each side; an informed one now and then. */
export interface Flow {
  /** Mean private value of a noise trader, vol. */
  readonly privateValue: number;
  /** Probability that somebody comes who knows the true vol. */
  readonly informed: number;
}

/** Listed series: strikes as shares of the spot at the start, puts below one, and their life in days. */
const STRIKES = [0.95, 1, 1.05] as const;
const LIFE_DAYS = 14;

/** What every policy meets on one path: true vols and prices, hour by hour, by series. */
export interface Stage {
  readonly moments: readonly Moment[];
  readonly strikes: readonly number[];
  readonly years: readonly number[];
  readonly trueVols: readonly Float64Array[];
  readonly trueGreeks: readonly (readonly BlackGreeks[])[];
  readonly orders: Random;
}

/** @param moments - an hour apart, ascending, shorter than the series' life */
export function stageOf(moments: readonly Moment[], pricers: TruthPricers, orders: Random): Stage {
  const [start] = moments;
  const strikes = STRIKES.map((share) => share * start.spot);
  const years = moments.map(({ time }) => (LIFE_DAYS * 86_400 - (time - start.time)) / YEAR_SECONDS);
  const trueVols = moments.map(({ spot, variance, severity }, i) => {
    const vols = new Float64Array(strikes.length);
    const k = Float64Array.from(strikes, (strike) => Math.log(strike / spot));
    pricers.at(severity).impliedVols(variance, years[i], k, vols);
    // Where the price has no implied vol there is no time value left to speak of.
    return vols.map((vol) => (Number.isNaN(vol) ? 0 : vol));
  });
  const trueGreeks = moments.map(({ spot }, i) =>
    strikes.map((strike, s) => blackGreeks(isCall(s), spot, strike, years[i], trueVols[i][s])),
  );
  return { moments, strikes, years, trueVols, trueGreeks, orders };
}

/** A model's vols on a stage, hour by hour, by series. */
export function modelVols(model: FittedModel, { moments, strikes, years }: Stage): Float64Array[] {
  return moments.map(({ features }, i) => {
    const table = createFeatureTable(strikes.length);
    strikes.forEach((strike, s) => setFeatures(table, s, features, Math.log(strike / features.spot), years[i]));
    return model.predictMany(table).vol;
  });
}

/** What does not change from run to run. */
export interface VaultTerms {
  readonly nav: number;
  /** USD of vega a vol point that the vault may hold. */
  readonly vegaLimit: number;
  readonly flow: Flow;
  readonly costs: TradingCosts;
}

/**
 * Profit of a vault that quotes its model's vols on a stage, USD: trades at its own prices, marked to the truth at the
 * end, delta at its own vols hedged at the spot.
 */
export function vaultProfit(stage: Stage, vols: readonly Float64Array[], policy: Policy, terms: VaultTerms): number {
  const { moments, strikes, years, trueGreeks } = stage;
  const held = new Float64Array(strikes.length);
  let [cash, units] = [0, 0];
  const last = moments.length - 1;
  for (let hour = 0; hour < last; hour++) {
    const { spot } = moments[hour];
    for (let series = 0; series < strikes.length; series++) {
      const priceAt = (vol: number) => blackGreeks(isCall(series), spot, strikes[series], years[hour], vol).price;
      for (const side of ordersAt(stage, hour, series, vols[hour][series], policy, terms.flow)) {
        const vega = held.reduce((sum, contracts, i) => sum + contracts * trueGreeks[hour][i].vega, 0) / 100;
        const after = vega - (side * policy.size * trueGreeks[hour][series].vega) / 100;
        if (Math.abs(after) > terms.vegaLimit && Math.abs(after) > Math.abs(vega)) continue;
        // A buyer (side 1) leaves the vault short.
        held[series] -= side * policy.size;
        cash += side * policy.size * priceAt(Math.max(0, vols[hour][series] + side * policy.halfSpread));
      }
    }
    const delta = held.reduce(
      (sum, contracts, i) =>
        sum + contracts * blackGreeks(isCall(i), spot, strikes[i], years[hour], vols[hour][i]).delta,
      0,
    );
    if (Math.abs(units + delta) * spot > policy.band * terms.nav) {
      const trade = -delta - units;
      cash -= trade * spot + terms.costs.swap(trade, spot) + terms.costs.gas(trade, spot);
      units -= units + delta;
    }
  }
  const book = held.reduce((sum, contracts, i) => sum + contracts * trueGreeks[last][i].price, 0);
  return cash + book + units * moments[last].spot;
}

/** Who trades in an hour: 1 for a buyer, −1 for a seller. */
function ordersAt(
  { trueVols, orders }: Stage,
  hour: number,
  series: number,
  vol: number,
  { halfSpread }: Policy,
  { privateValue, informed }: Flow,
): number[] {
  const truth = trueVols[hour][series];
  const draw = (purpose: number) => orders.uniform(hour, 8 * series + purpose);
  const worth = (purpose: number) => -privateValue * Math.log(draw(purpose));
  const [ask, bid] = [vol + halfSpread, vol - halfSpread];
  return [
    ...(truth + worth(0) > ask ? [1] : []),
    ...(truth - worth(1) < bid ? [-1] : []),
    ...(draw(2) < informed && truth > ask ? [1] : []),
    ...(draw(3) < informed && truth < bid ? [-1] : []),
  ];
}

function isCall(series: number): boolean {
  return STRIKES[series] >= 1;
}
