import { createFeatureTable, setFeatures } from "../../../src/models/feature-pipeline.ts";
import type { QuoteSet } from "../../../src/models/pricing-model.ts";
import type { PriceBars } from "../../../src/processes/history.ts";
import { MarketSurface } from "../../../src/processes/market-surface.ts";
import type { QuoteSnapshot } from "../../../src/processes/quotes.ts";
import { realisedVariance } from "../../../src/processes/realised-variance.ts";
import type { HistoryMoment } from "./history-moments.ts";

const DAY = 86_400;
const YEAR = 365 * DAY;
/** Quotes further out, in deviations of the level, or longer are not what a vault lists. */
const FURTHEST_X = 4;
const LONGEST_DAYS = 90;
/** Tenor of the level that models of the lagged surface see. */
export const LEVEL_YEARS = 7 / 365;

interface Row {
  readonly moment: HistoryMoment;
  readonly logMoneyness: number;
  readonly years: number;
  readonly vol: number;
}

/**
 * Training quotes where no option was ever quoted: the target is the realised vol over each tenor's life, the same at
 * every strike. Lives that would end after `until` are left out, so that nothing looks beyond the window.
 */
export function realisedQuotes(
  bars: PriceBars,
  moments: readonly HistoryMoment[],
  tenors: readonly number[],
  moneyness: readonly number[],
  until: number,
): QuoteSet {
  const rows: Row[] = [];
  for (const moment of moments) {
    for (const tenor of tenors) {
      const end = moment.time + tenor * DAY;
      if (end > until) continue;
      const vol = Math.sqrt(realisedVariance(bars, moment.time, end));
      const years = tenor / 365;
      for (const x of moneyness) {
        rows.push({ moment, logMoneyness: x * moment.features.longVol * Math.sqrt(years), years, vol });
      }
    }
  }
  return toQuoteSet(rows);
}

/**
 * Quotes of the market at each moment: marks of out-of-the-money options of the snapshot taken then. The level that
 * models of the lagged surface see is that of the snapshot before.
 */
export function marketQuotes(moments: readonly HistoryMoment[], snapshots: readonly QuoteSnapshot[]): QuoteSet {
  const rows: Row[] = [];
  const places = new Map(snapshots.map(({ time }, index) => [time, index]));
  for (const moment of moments) {
    const index = places.get(moment.time) ?? 0;
    if (index < 1) continue;
    const level = new MarketSurface(snapshots[index - 1]).volAt(0, LEVEL_YEARS);
    const known = { ...moment, features: { ...moment.features, surfaceLevel: level } };
    for (const { expiry, isCall, strike, forward, markVol } of snapshots[index].quotes) {
      const logMoneyness = Math.log(strike / forward);
      const years = (expiry - moment.time) / YEAR;
      const x = logMoneyness / (markVol * Math.sqrt(years));
      const isListed = years * 365 <= LONGEST_DAYS && Math.abs(x) <= FURTHEST_X;
      if (isCall === logMoneyness > 0 && isListed) rows.push({ moment: known, logMoneyness, years, vol: markVol });
    }
  }
  return toQuoteSet(rows);
}

function toQuoteSet(rows: readonly Row[]): QuoteSet {
  const features = createFeatureTable(rows.length);
  rows.forEach(({ moment, logMoneyness, years }, i) => setFeatures(features, i, moment.features, logMoneyness, years));
  return {
    features,
    target: Float64Array.from(rows, ({ vol }) => vol),
    clean: new Float64Array(rows.length).fill(Number.NaN),
    weight: new Float64Array(rows.length).fill(1),
    time: Float64Array.from(rows, ({ moment }) => moment.time),
    day: Int32Array.from(rows, ({ moment }) => Math.floor(moment.time / DAY)),
  };
}
