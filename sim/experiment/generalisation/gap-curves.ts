import { holm } from "../../../src/statistics/holm.ts";
import { FEWEST_CURVES, simultaneousBand, simultaneousMedianBand } from "../../../src/statistics/simultaneous-band.ts";
import type { ModelResult } from "../../results/generalisation.ts";
import type { Chance } from "./chance.ts";
import type { GeneralisationConfig } from "./config.ts";
import type { PairedModel } from "./paired-model.ts";
import { excesses, gap } from "./paired-model.ts";
import type { DesignName } from "./quotes.ts";
import { sampleOf } from "./sample.ts";
import { NEGLIGIBLE, signTest } from "./verdict.ts";

type GapPoint = ModelResult["gaps"][number];
export type Band = GapPoint["band"];
export type Beyond = GapPoint["beyond"];

/**
 * Bands of a model's shift gap that hold the whole curve over severities at one age and design.
 * @returns by severity; null at severity 0, where the gap is none by construction, and where replicates are too few
 */
export function bandsOf(
  { severities }: GeneralisationConfig,
  { own }: PairedModel,
  age: number,
  design: DesignName,
  chance: Chance,
): Band[] {
  if (own.length < FEWEST_CURVES) return severities.map(() => null);
  const shifted = severities.flatMap((severity, s) => (severity > 0 ? [s] : []));
  const curves = own.map((one) => shifted.map((s) => gap(one, s, age, (cell) => cell[design].rmse)));
  const resampled = chance.resampling(own.length);
  const medians = simultaneousMedianBand(curves, resampled);
  const means = simultaneousBand(curves, resampled);
  return severities.map((_, s) => {
    const point = shifted.indexOf(s);
    if (point < 0) return null;
    return {
      low: medians.low[point],
      high: medians.high[point],
      meanLow: means.low[point],
      meanHigh: means.high[point],
    };
  });
}

/**
 * Gap of every model beyond attainable at every severity of one age and design, with Holm's adjustment over them all.
 * Exploratory: the primary family was fixed beforehand, and has its own adjustment.
 * @returns by model, by severity; null at severity 0
 */
export function beyondAttainable(
  { severities }: GeneralisationConfig,
  models: readonly PairedModel[],
  age: number,
  design: DesignName,
): Beyond[][] {
  const cells = models.flatMap((model) =>
    severities.map((severity, s) => {
      if (severity === 0) return null;
      const values = excesses(model, s, age, (cell) => cell[design].rmse);
      return { d: sampleOf(values), pValue: signTest(values, NEGLIGIBLE) };
    }),
  );
  const adjusted = holm(cells.flatMap((cell) => (cell === null ? [] : [cell.pValue])));
  let next = 0;
  const all = cells.map((cell): Beyond => (cell === null ? null : { ...cell, adjustedPValue: adjusted[next++] }));
  return models.map((_, m) => all.slice(m * severities.length, (m + 1) * severities.length));
}
