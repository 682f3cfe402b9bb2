import { contractDomain } from "../../../src/models/frozen-model.ts";
import type { FittedModel } from "../../../src/models/pricing-model.ts";
import type { GeneralisationConfig } from "../../experiment/generalisation/config.ts";
import { scoreQuotes } from "../../experiment/generalisation/quote-errors.ts";
import type { MarketQuotes } from "../../experiment/generalisation/quotes.ts";
import { fitModels, pricersOf } from "../../experiment/generalisation/replicate.ts";
import { configOf } from "../../experiment/generalisation/run-generalisation.ts";
import type { Scenario } from "../../scenarios/scenario.ts";
import type { TruthPricers } from "../../world/truth-pricers.ts";
import type { StudyContext } from "../study.ts";

/** Fresh draws that a study takes: as many as it takes at most, or as few as the scenario scores. */
export function drawCount({ scoring }: Scenario, most: number): number {
  return Math.min(most, scoring.replicates);
}

/** What a study of fresh draws rests on. */
export interface StudyDraws {
  /** The models in calm and at the primary severity. */
  readonly config: GeneralisationConfig;
  readonly pricers: TruthPricers;
  readonly draws: number;
}

/** Fresh draws of calm and of the primary severity, `most` of them at most. */
export function primaryDraws({ scenario, models, masterSeed }: StudyContext, most: number): StudyDraws {
  const config = configOf({ scenario, models, severities: [0, scenario.scoring.primarySeverity], masterSeed });
  return { config, pricers: pricersOf(config), draws: drawCount(scenario, most) };
}

/** The models of a fresh training draw, frozen, by name; one that could not be fitted is missing. */
export function fittedDraw(
  config: GeneralisationConfig,
  pricers: TruthPricers,
  index: number,
): ReadonlyMap<string, FittedModel> {
  const fitted = fitModels(config, pricers, index);
  return new Map(fitted.flatMap((model, i) => ("failure" in model ? [] : [[config.models[i], model] as const])));
}

/** Root mean square error of a model over quotes, in vol points, its raw vols clamped to what a contract takes. */
export function errorOn(
  { trade }: GeneralisationConfig,
  model: FittedModel,
  quotes: MarketQuotes,
  features = quotes.features,
): number {
  const truth = { truth: quotes.clean, weight: quotes.weight, vega: quotes.vega };
  return scoreQuotes(truth, model.rawMany(features), contractDomain, trade).rmse;
}
