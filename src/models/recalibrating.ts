import type { Random } from "../random/random.ts";
import { derivedModel } from "./derived-model.ts";
import { ModelFitError } from "./model-fit-error.ts";
import type { FittedModel, PricingModel, QuoteSet } from "./pricing-model.ts";
import { selectQuotes } from "./select-quotes.ts";
import { smileLevelModel } from "./smile-level.ts";

/** What a model that is fitted again during a run learns from. */
export interface Recalibration {
  /** Days before the last quote that it takes; Infinity takes all. */
  readonly windowDays: number;
  /** Age in days at which a quote counts half; Infinity counts all alike. */
  readonly halfLifeDays: number;
}

/** A model that can be fitted again on the quotes that have been seen since. */
export interface RecalibratingModel extends PricingModel {
  readonly recalibration: Recalibration;
  /**
   * The model as of `now`: fitted on the quotes of the window whose keeper cycle is over.
   * @param seen - calm quotes and what came after them, in order of time; later ones than allowed are left out
   * @param now - on the clock of `seen.time`, seconds
   * @param lag - seconds that a quote needs before it may be used
   * @throws {ModelFitError} when the window holds too few quotes; the model in force then stays in force
   */
  refit(seen: QuoteSet, now: number, lag: number, random: Random): FittedModel;
}

const DAY = 86_400;

/**
 * `model` with memory: fitted on the window's quotes alone, weighted by age. Its first fit is on the end of calm; when a
 * run never refits it, it stays a model that has forgotten the older part of calm.
 */
export function recalibrating(model: PricingModel, recalibration: Recalibration): RecalibratingModel {
  const { windowDays, halfLifeDays } = recalibration;
  const name = `${model.name}-recent`;
  const fitOn = (quotes: QuoteSet, random: Random): FittedModel => {
    try {
      return named(name, recalibration, model.fit(quotes, random));
    } catch (error) {
      if (!(error instanceof ModelFitError)) throw error;
      throw new ModelFitError(name, error.what, error.where, error);
    }
  };
  return {
    name,
    summary: `${model.name} on ${windowDays < Infinity ? `the last ${windowDays}` : "all"} days, ${ageing(halfLifeDays)}`,
    information: model.information,
    recalibration,
    fit: (calm, random) => fitOn(recent(calm, Infinity, recalibration), random),
    refit: (seen, now, lag, random) => fitOn(recent(seen, now - lag, recalibration), random),
  };
}

/** The floating smile with recent days the heaviest. */
export const smileLevelRecentModel = recalibrating(smileLevelModel, { windowDays: Infinity, halfLifeDays: 10 });

/** Quotes up to `until` of the window that ends with the last of them, weighted by age. */
export function recent(seen: QuoteSet, until: number, { windowDays, halfLifeDays }: Recalibration): QuoteSet {
  const known = Array.from(seen.time.keys()).filter((row) => seen.time[row] <= until);
  const last = known.reduce((latest, row) => Math.max(latest, seen.time[row]), Number.NEGATIVE_INFINITY);
  const rows = known.filter((row) => seen.time[row] > last - windowDays * DAY);
  if (rows.length === seen.time.length && halfLifeDays === Infinity) return seen;
  const quotes = selectQuotes(seen, rows);
  const halfLife = halfLifeDays * DAY;
  return {
    ...quotes,
    weight: quotes.weight.map((weight, row) => weight * 2 ** ((quotes.time[row] - last) / halfLife)),
  };
}

function ageing(halfLifeDays: number): string {
  return halfLifeDays < Infinity ? `half as heavy every ${halfLifeDays} days back` : "all alike";
}

/** The fitted model under its own name, with the recalibration among its parameters. */
function named(name: string, recalibration: Recalibration, fitted: FittedModel): FittedModel {
  return derivedModel(fitted, {
    name,
    toJSON: () => ({ name, recalibration: finite(recalibration), fitted: fitted.toJSON() }),
  });
}

/** JSON has no infinity: null stands for no limit. */
function finite({ windowDays, halfLifeDays }: Recalibration) {
  const orNull = (days: number) => (days === Infinity ? null : days);
  return { windowDays: orNull(windowDays), halfLifeDays: orNull(halfLifeDays) };
}
