import type { FittedModel, QuoteSet } from "../../../src/models/pricing-model.ts";
import { selectFeatures } from "../../../src/models/select-quotes.ts";
import type { QuoteSnapshot } from "../../../src/processes/quotes.ts";
import type { TimeWindow } from "../../../src/processes/windows.ts";
import type { HistoryResult } from "../../results/history.ts";
import { historyMoments } from "./history-moments.ts";
import { marketQuotes } from "./history-quotes.ts";
import type { HistoryInput } from "./score-history.ts";

/** Expiries shown of a snapshot. */
const MOST_EXPIRIES = 4;

/** Quoted and modelled smiles at the middle snapshot of each window. */
export function historySmiles(
  { bars, scenario, calm, stress }: HistoryInput,
  snapshots: readonly QuoteSnapshot[],
  models: readonly FittedModel[],
): HistoryResult["smiles"] {
  const shown: readonly (readonly ["calm" | "stress", TimeWindow])[] = [
    ["calm", calm],
    ["stress", stress],
  ];
  return shown.flatMap(([window, { from, to }]) => {
    const inside = snapshots.filter(({ time }) => time >= from && time < to);
    if (inside.length === 0) return [];
    const { time } = inside[Math.floor(inside.length / 2)];
    const moments = historyMoments(bars, scenario.oracle, scenario.market.baseFee, [time]);
    const quotes = marketQuotes(moments, snapshots);
    return expiriesOf(quotes).map((rows) => {
      const features = selectFeatures(quotes.features, rows);
      return {
        window,
        time,
        tenorDays: 365 * quotes.features.years[rows[0]],
        logMoneyness: Array.from(features.logMoneyness),
        quoted: rows.map((row) => quotes.target[row]),
        models: models.map((model) => ({ model: model.name, vol: Array.from(model.predictMany(features).vol) })),
      };
    });
  });
}

/** Rows of each expiry, the nearest first, at most a few. */
function expiriesOf({ features }: QuoteSet): number[][] {
  const byYears = new Map<number, number[]>();
  features.years.forEach((years, row) => byYears.set(years, [...(byYears.get(years) ?? []), row]));
  return [...byYears.entries()]
    .sort(([a], [b]) => a - b)
    .slice(0, MOST_EXPIRIES)
    .map(([, rows]) => rows.sort((a, b) => features.logMoneyness[a] - features.logMoneyness[b]));
}
