import { createFeatureTable, setFeatures } from "../../../src/models/feature-pipeline.ts";
import type { FittedModel } from "../../../src/models/pricing-model.ts";
import { blackGreeks, blackPrice } from "../../../src/pricing/black-scholes.ts";
import { minimumVarianceDelta } from "../../../src/pricing/minimum-variance-delta.ts";
import type { Moment } from "../../experiment/generalisation/moments.ts";
import type { TruthPricers } from "../../world/truth-pricers.ts";
import { YEAR_SECONDS } from "../../../src/time/year.ts";

/** The book: one option sold at each strike (a share of spot at the start), out of the money, and its life in days. */
const STRIKES = [0.95, 1, 1.05] as const;
const LIFE_DAYS = 14;
const BASIS_POINTS = 1e4;

/** Hedge ratios of every option of the book at a moment, units of the underlying each. */
type Hedge = (moment: Moment, strikes: readonly number[], years: number) => readonly number[];

/** Black's delta at the model's own vol of each strike, from what the feed shows. */
export function modelHedge(fitted: FittedModel): Hedge {
  return ({ features }, strikes, years) => {
    const table = createFeatureTable(strikes.length);
    strikes.forEach((strike, i) => setFeatures(table, i, features, Math.log(strike / features.spot), years));
    const { vol } = fitted.predictMany(table);
    return strikes.map((strike, i) => blackGreeks(isCall(i), features.spot, strike, years, vol[i]).delta);
  };
}

/** The minimum-variance hedge of the true model at its true state: the floor. */
export function floorHedge(pricers: TruthPricers): Hedge {
  return ({ spot, variance, severity }, strikes, years) =>
    strikes.map((strike, i) =>
      minimumVarianceDelta(pricers.at(severity), variance, years, Math.log(strike / spot), isCall(i)),
    );
}

/**
 * Profit of a short book hedged from moment to moment, marked at the true price: −ΔV + Δ·ΔS a step, basis points of the
 * spot at the start. Spread, fees and impact are left out: what is left is what the hedge ratio decides.
 * @param moments - ascending in time, within the book's life
 */
export function hedgedProfit(moments: readonly Moment[], pricers: TruthPricers, hedge: Hedge): Float64Array {
  const start = moments[0];
  const strikes = STRIKES.map((share) => share * start.spot);
  const yearsAt = ({ time }: Moment) => (LIFE_DAYS * 86_400 - (time - start.time)) / YEAR_SECONDS;
  const profits = new Float64Array(moments.length - 1);
  let before = bookValue(start, strikes, yearsAt(start), pricers);
  for (let step = 0; step + 1 < moments.length; step++) {
    const [now, next] = [moments[step], moments[step + 1]];
    const held = hedge(now, strikes, yearsAt(now)).reduce((sum, delta) => sum + delta, 0);
    const after = bookValue(next, strikes, yearsAt(next), pricers);
    profits[step] = (BASIS_POINTS * (before - after + held * (next.spot - now.spot))) / start.spot;
    before = after;
  }
  return profits;
}

function bookValue(
  { spot, variance, severity }: Moment,
  strikes: readonly number[],
  years: number,
  pricers: TruthPricers,
): number {
  const logMoneyness = Float64Array.from(strikes, (strike) => Math.log(strike / spot));
  const vols = new Float64Array(strikes.length);
  pricers.at(severity).impliedVols(variance, years, logMoneyness, vols);
  return strikes.reduce((sum, strike, i) => {
    // Where the price has no implied vol it is the intrinsic value to the last digit.
    const vol = Number.isNaN(vols[i]) ? 0 : vols[i];
    return sum + blackPrice(isCall(i), spot, strike, years, vol);
  }, 0);
}

/** Puts below the money, calls at and above it. */
function isCall(option: number): boolean {
  return STRIKES[option] >= 1;
}
