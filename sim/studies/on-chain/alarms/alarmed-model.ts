import { tableOf } from "../../../../src/models/feature-pipeline.ts";
import { selectFeatures } from "../../../../src/models/select-quotes.ts";
import type { FeatureTable, FittedModel, QuoteSet } from "../../../../src/models/pricing-model.ts";
import { dailyLevels } from "../../../../src/models/calm-split.ts";
import { mean, standardDeviation } from "../../../../src/statistics/moments.ts";

/**
 * What a keeper does while its alarm stands. `re-mark`: scales the model's vols to the market's level of the previous
 * cycle. `conservative`: keeps the vols and posts a standard deviation as large as its distance from the market, which
 * widens the spread where the protocol charges for uncertainty.
 */
export type Reaction = "re-mark" | "conservative";

/** Log error of a model's level against the market's that an alarm is: beyond so many deviations of held-out calm. */
export interface AlarmRule {
  readonly centre: number;
  readonly threshold: number;
}

/** How often an alarm stood among the moments that the model was asked about. */
export interface AlarmCount {
  asked: number;
  alarmed: number;
}

/** Deviations of held-out calm errors beyond which the market and the model disagree. */
const DEVIATIONS = 3;
/** Log errors below one per cent are quote noise whatever calm showed. */
const SMALLEST_DEVIATION = 0.01;
/** The level of a surface: seven days, at the money. */
const LEVEL_YEARS = 7 / 365;

/** The rule from errors on calm days that the fit did not see. */
export function alarmRule(early: FittedModel, later: QuoteSet): AlarmRule {
  const { row, level } = dailyLevels(later);
  const own = levelsOf(early, selectFeatures(later.features, row));
  const errors = level.map((market, day) => Math.log(market / own[day]));
  return { centre: mean(errors), threshold: DEVIATIONS * Math.max(SMALLEST_DEVIATION, standardDeviation(errors)) };
}

/**
 * A frozen model whose keeper watches the market's surface of the previous cycle and reacts while the two disagree. It
 * has no memory: what it says depends on the features alone.
 * @param count - is told of every moment asked about
 */
export function alarmedModel(
  base: FittedModel,
  { centre, threshold }: AlarmRule,
  reaction: Reaction,
  count: AlarmCount,
): FittedModel {
  /** Market's level over the model's by row, 1 where no alarm stands. */
  const ratios = (at: FeatureTable): Float64Array => {
    const own = levelsOf(base, at);
    const found = at.surfaceLevel.map((market, row) => {
      const error = Math.log(market / own[row]);
      return Math.abs(error - centre) > threshold ? Math.exp(error - centre) : 1;
    });
    count.asked++;
    if (found.some((ratio) => ratio !== 1)) count.alarmed++;
    return found;
  };
  const rawMany: FittedModel["rawMany"] = (at, state) => {
    const raw = base.rawMany(at, state);
    if (reaction === "conservative") return raw;
    const ratio = ratios(at);
    return raw.map((vol, row) => vol * ratio[row]);
  };
  const predictMany: FittedModel["predictMany"] = (at, state) => {
    const { vol, sd } = base.predictMany(at, state);
    const ratio = ratios(at);
    const [low, high] = base.domain;
    if (reaction === "re-mark") {
      const marked = vol.map((value, row) => Math.min(high, Math.max(low, value * ratio[row])));
      return { vol: marked, sd };
    }
    return { vol, sd: sd.map((own, row) => Math.min(high, Math.max(own, vol[row] * Math.abs(ratio[row] - 1)))) };
  };
  return {
    name: `${base.name}, ${reaction} on alarm`,
    information: "lagged-surface",
    get diagnostics() {
      return base.diagnostics;
    },
    trainedOn: base.trainedOn,
    domain: base.domain,
    rawMany,
    predictMany,
    predict(at) {
      const { vol, sd } = predictMany(tableOf(at));
      return { vol: vol[0], sd: sd[0] };
    },
    explain: (at) => base.explain(at),
    toJSON: () => ({ base: base.toJSON(), reaction, centre, threshold }),
  };
}

/** The model's vol at the money, seven days, at the moment of each row. */
export function levelsOf(model: FittedModel, at: FeatureTable): Float64Array {
  const rows = Array.from({ length: at.count }, (_, row) => row);
  const table = selectFeatures(at, rows);
  table.logMoneyness.fill(0);
  table.years.fill(LEVEL_YEARS);
  return model.predictMany(table).vol;
}
