import { createFeatureTable, setFeatures } from "../../../src/models/feature-pipeline.ts";
import type { MomentFeatures } from "../../../src/models/feature-pipeline.ts";
import type { FittedModel } from "../../../src/models/pricing-model.ts";
import { callArbitrage } from "../../../src/pricing/arbitrage.ts";
import { blackPrice } from "../../../src/pricing/black-scholes.ts";

export const arbitrageKinds = ["bounds", "vertical", "butterfly", "calendar"] as const;
export type ArbitrageKind = (typeof arbitrageKinds)[number];

/** Places of a surface that were looked at for one kind of arbitrage, those that have it, and the largest, bp of spot. */
export interface ArbitrageCount {
  readonly checked: number;
  readonly violations: number;
  readonly worstBp: number;
}

export type SurfaceArbitrage = Readonly<Record<ArbitrageKind, ArbitrageCount>>;

/** From −3 to 3 by eighths: the posted grid's span, finer than its nodes. */
const GRID = Array.from({ length: 49 }, (_, i) => -3 + i / 8);
const BASIS_POINTS = 1e4;

/**
 * Static arbitrage in the surface that a model draws at one moment, after its domain: calls at x = k/(σ√τ), with σ the
 * level of the market's last surface, for each tenor.
 * @param tenors - days, ascending
 */
export function surfaceArbitrage(
  fitted: FittedModel,
  moment: MomentFeatures,
  tenors: readonly number[],
): SurfaceArbitrage {
  const table = createFeatureTable(GRID.length * tenors.length);
  tenors.forEach((days, t) => {
    const years = days / 365;
    const deviation = moment.surfaceLevel * Math.sqrt(years);
    GRID.forEach((x, i) => setFeatures(table, t * GRID.length + i, moment, x * deviation, years));
  });
  const [low, high] = fitted.domain;
  const vols = fitted.rawMany(table).map((vol) => Math.min(high, Math.max(low, vol)));
  const slices = tenors.map((_, t) => {
    const rows = GRID.map((_, i) => t * GRID.length + i);
    const years = table.years[rows[0]];
    const strikes = rows.map((row) => Math.exp(table.logMoneyness[row]));
    const prices = rows.map((row, i) => blackPrice(true, 1, strikes[i], years, vols[row]));
    return { years, forward: 1, discount: 1, strikes, bids: prices, asks: prices };
  });
  const found = callArbitrage(slices);
  const count = (kind: ArbitrageKind): ArbitrageCount => {
    const { checked, violations, worst } = found[kind];
    return { checked, violations, worstBp: BASIS_POINTS * worst };
  };
  return {
    bounds: count("bounds"),
    vertical: count("vertical"),
    butterfly: count("butterfly"),
    calendar: count("calendar"),
  };
}
