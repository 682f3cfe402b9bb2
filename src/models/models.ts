import { didYouMean } from "../errors/closest-name.ts";
import { UserError } from "../errors/user-error.ts";
import { bayesianLinearModel } from "./bayesian-linear.ts";
import { batesLaggedModel, batesModel, hestonLaggedModel, hestonModel } from "./bates-model.ts";
import { constantModel } from "./constant.ts";
import { garchModel, gjrModel } from "./garch-model.ts";
import { harModel } from "./har-model.ts";
import { mertonLaggedModel, mertonModel } from "./merton-model.ts";
import { polynomialModel, ridgeModel } from "./polynomial.ts";
import { ensembleMeanModel, ensembleMedianModel, ensembleWeightedModel } from "./ensemble.ts";
import { forestModel } from "./forest.ts";
import { gaussianProcessModel } from "./gaussian-process.ts";
import { hybridModel } from "./hybrid.ts";
import { networkDecayModel, networkModel } from "./network.ts";
import type { PricingModel } from "./pricing-model.ts";
import { bipowerModel, ewmaModel, twoScaleModel } from "./realised-estimators.ts";
import { realisedVolModel } from "./realised-vol.ts";
import { smileLevelRecentModel } from "./recalibrating.ts";
import { sabrLaggedModel, sabrModel } from "./sabr-model.ts";
import { smileLevelLaggedModel, smileLevelModel, smileStaticModel } from "./smile-level.ts";
import { elasticNetModel, lassoModel } from "./sparse-polynomial.ts";
import { ssviDailyModel, ssviLaggedModel, ssviModel } from "./ssvi-model.ts";
import { sviDailyModel, sviLaggedModel, sviModel } from "./svi-model.ts";

const models: readonly PricingModel[] = [
  constantModel,
  realisedVolModel,
  ewmaModel,
  bipowerModel,
  twoScaleModel,
  garchModel,
  gjrModel,
  harModel,
  smileStaticModel,
  smileLevelModel,
  smileLevelRecentModel,
  smileLevelLaggedModel,
  sviModel,
  sviLaggedModel,
  sviDailyModel,
  ssviModel,
  ssviLaggedModel,
  ssviDailyModel,
  sabrModel,
  sabrLaggedModel,
  mertonModel,
  mertonLaggedModel,
  hestonModel,
  hestonLaggedModel,
  batesModel,
  batesLaggedModel,
  polynomialModel,
  ridgeModel,
  lassoModel,
  elasticNetModel,
  bayesianLinearModel,
  gaussianProcessModel,
  networkModel,
  networkDecayModel,
  forestModel,
  hybridModel,
  ensembleMeanModel,
  ensembleMedianModel,
  ensembleWeightedModel,
];

/** Models that a user brought, in the order of arrival. */
const own: PricingModel[] = [];

/** All models, simplest first, then the user's own. */
export function listModels(): readonly PricingModel[] {
  return [...models, ...own];
}

/**
 * Makes a user's own model known by its name, in this process.
 * @param where - the option that it came from
 * @throws {UserError} when another model has the name
 */
export function registerModel(model: PricingModel, where: string): void {
  const known = listModels().find(({ name }) => name === model.name);
  if (known === model) return;
  if (known !== undefined) {
    throw new UserError({ where, what: `there is a model "${model.name}" already`, expected: "another name" });
  }
  own.push(model);
}

/**
 * The model of that name.
 * @param where - the option or field that the name came from
 * @throws {UserError} with the nearest name and the whole list
 */
export function modelByName(name: string, where = "--models"): PricingModel {
  const known = listModels();
  const model = known.find((candidate) => candidate.name === name);
  if (model !== undefined) return model;
  const names = known.map((candidate) => candidate.name);
  throw new UserError({
    where,
    what: `unknown model "${name}"${didYouMean(name, names)}`,
    expected: names.join(", "),
  });
}
