import { createFeatureTable, setFeatures } from "../../src/models/feature-pipeline.ts";
import type { QuoteSet } from "../../src/models/pricing-model.ts";
import type { Random } from "../../src/random/random.ts";
import { createRandom } from "../../src/random/random.ts";

export interface MadeQuote {
  readonly logMoneyness: number;
  readonly years: number;
  readonly shortVol: number;
  readonly longVol: number;
  readonly surfaceLevel: number;
}

/** Days of returns that the first quotes can look back on. */
const WARMUP_DAYS = 14;

/** Hourly returns without drift at each day's vol, the first day's before. */
function hourlyReturns(vols: readonly number[], random: Random): Float64Array {
  return Float64Array.from({ length: (WARMUP_DAYS + vols.length) * 24 }, (_, hour) => {
    const vol = vols[Math.max(0, Math.floor(hour / 24) - WARMUP_DAYS)];
    return (vol / Math.sqrt(8760)) * random.normal(hour, 4);
  });
}

/** Quotes of `days` days, 5 tenors × 9 strikes each, whose vol is `vol` of their features plus noise of that sd. */
export function makeQuotes(
  days: number,
  vol: (quote: MadeQuote) => number,
  noise = 0,
  random: Random = createRandom(1, "made-quotes"),
): QuoteSet {
  const tenors = [3, 7, 14, 30, 60];
  const count = days * tenors.length * 9;
  const features = createFeatureTable(count);
  const columns = {
    target: new Float64Array(count),
    clean: new Float64Array(count),
    weight: new Float64Array(count).fill(1),
    time: new Float64Array(count),
    day: new Int32Array(count),
  };
  const longVols = Array.from({ length: days }, (_, day) => 0.5 * Math.exp(0.15 * random.normal(day, 0)));
  const series = hourlyReturns(longVols, random);
  let row = 0;
  for (let day = 0; day < days; day++) {
    const longVol = longVols[day];
    const last = (WARMUP_DAYS + day) * 24;
    const returns = { step: 3600, end: day * 86_400, values: series.slice(last - WARMUP_DAYS * 24, last) };
    const shortVol = longVol * Math.exp(0.2 * random.normal(day, 1));
    const surfaceLevel = longVol * Math.exp(0.05 * random.normal(day, 2));
    for (const tenor of tenors) {
      for (let strike = -4; strike <= 4; strike++) {
        const years = tenor / 365;
        const logMoneyness = 0.4 * strike * longVol * Math.sqrt(years);
        const shared = { returns, shortVol, longVol, volOfVol: 0.2, jumpShare: 0.1, surfaceLevel, spot: 2000 };
        const neutral = { orderFlow: 0, utilisation: 0, rateDifferential: 0, baseFee: 10 };
        setFeatures(features, row, { ...shared, ...neutral }, logMoneyness, years);
        columns.clean[row] = vol({ logMoneyness, years, shortVol, longVol, surfaceLevel });
        columns.target[row] = columns.clean[row] + noise * random.normal(row, 3);
        columns.time[row] = day * 86_400;
        columns.day[row] = day;
        row++;
      }
    }
  }
  return { features, ...columns };
}
