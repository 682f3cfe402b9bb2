import { didYouMean } from "../errors/closest-name.ts";
import { UserError } from "../errors/user-error.ts";
import { constantModel } from "./constant.ts";
import { polynomialModel, ridgeModel } from "./polynomial.ts";
import type { PricingModel } from "./pricing-model.ts";
import { realisedVolModel } from "./realised-vol.ts";
import { sabrLaggedModel, sabrModel } from "./sabr-model.ts";
import { smileLevelLaggedModel, smileLevelModel } from "./smile-level.ts";
import { elasticNetModel, lassoModel } from "./sparse-polynomial.ts";
import { ssviLaggedModel, ssviModel } from "./ssvi-model.ts";
import { sviLaggedModel, sviModel } from "./svi-model.ts";

const models: readonly PricingModel[] = [
  constantModel,
  realisedVolModel,
  smileLevelModel,
  smileLevelLaggedModel,
  sviModel,
  sviLaggedModel,
  ssviModel,
  ssviLaggedModel,
  sabrModel,
  sabrLaggedModel,
  polynomialModel,
  ridgeModel,
  lassoModel,
  elasticNetModel,
];

/** All models, simplest first. */
export function listModels(): readonly PricingModel[] {
  return models;
}

/**
 * The model of that name.
 * @param where - the option or field that the name came from
 * @throws {UserError} with the nearest name and the whole list
 */
export function modelByName(name: string, where = "--models"): PricingModel {
  const model = models.find((candidate) => candidate.name === name);
  if (model !== undefined) return model;
  const names = models.map((candidate) => candidate.name);
  throw new UserError({
    where,
    what: `unknown model "${name}"${didYouMean(name, names)}`,
    expected: names.join(", "),
  });
}
