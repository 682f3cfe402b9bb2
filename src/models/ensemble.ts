import type { Random } from "../random/random.ts";
import { median } from "../statistics/moments.ts";
import { bayesianLinearModel } from "./bayesian-linear.ts";
import { checkCalm, splitCalm, summarise } from "./calm-split.ts";
import { fitOnce } from "./fit-once.ts";
import { freeze } from "./frozen-model.ts";
import { gaussianProcessModel } from "./gaussian-process.ts";
import { learnedUses } from "./learned-inputs.ts";
import { fitImputation, quotesWithoutMissing } from "./missing-features.ts";
import { ModelFitError } from "./model-fit-error.ts";
import { ridgeModel } from "./polynomial.ts";
import type {
  FeatureName,
  FeatureTable,
  FittedModel,
  InformationSet,
  Predictions,
  PricingModel,
  QuoteSet,
} from "./pricing-model.ts";
import { firstQuotes, selectQuotes, weightByAge } from "./select-quotes.ts";
import { smileLevelModel } from "./smile-level.ts";
import { ssviModel } from "./ssvi-model.ts";
import { validationLogError } from "./validation.ts";

/** How members' vols of one quote become one; weights sum to 1. */
export type Combination = (vols: Float64Array, weights: readonly number[]) => number;

/** Two structural smiles and three learned surfaces. */
export const ensembleMembers: readonly PricingModel[] = [
  smileLevelModel,
  ssviModel,
  ridgeModel,
  bayesianLinearModel,
  gaussianProcessModel,
];

/** Half-life, in days, of the validation errors that weights are made of. */
const WEIGHT_HALF_LIFE = 7;

export const meanOf: Combination = (vols, weights) => vols.reduce((sum, vol, i) => sum + weights[i] * vol, 0);
export const medianOf: Combination = (vols) => median(vols);

const members = ensembleMembers.map(({ name }) => name).join(", ");

export const ensembleMeanModel = ensemble(
  "ensemble-mean",
  `mean of ${members}, which disagree as its standard deviation says`,
  ensembleMembers,
  meanOf,
  equalWeights,
);

export const ensembleMedianModel = ensemble(
  "ensemble-median",
  "median of the same members: two of the five may be anything",
  ensembleMembers,
  medianOf,
  equalWeights,
);

export const ensembleWeightedModel = ensemble(
  "ensemble-weighted",
  "mean of the same members weighted by the inverse of their squared errors on recent calm validation days",
  ensembleMembers,
  meanOf,
  recentWeights,
);

/**
 * Members fitted on the same quotes and combined quote by quote, each within the contract's domain before it counts, as
 * if it had been posted. The variance is the members' own on average and that of their vols about the combination.
 * @param weigh - weight of each member, found in calm; they sum to 1
 * @see Bates & Granger (1969), "The combination of forecasts"
 */
export function ensemble(
  name: string,
  summary: string,
  models: readonly PricingModel[],
  combine: Combination,
  weigh: (name: string, models: readonly PricingModel[], calm: QuoteSet, random: Random) => readonly number[],
): PricingModel {
  const isLagged = models.some(({ information }) => information === "lagged-surface");
  const information: InformationSet = isLagged ? "lagged-surface" : "prices";
  const uses: readonly FeatureName[] = isLagged ? [...learnedUses, "surfaceLevel"] : learnedUses;
  return {
    name,
    summary,
    information,
    fit(seen, random) {
      checkCalm(name, seen, ["logMoneyness", "years"], 5);
      // Refuses too few days under the ensemble's own name.
      splitCalm(name, seen);
      const imputation = fitImputation(seen, uses);
      const calm = quotesWithoutMissing(seen, imputation);
      const weights = weigh(name, models, calm, random);
      const fitted = models.map((model) => fitMember(name, model, calm, random));
      return freeze({
        name,
        information,
        uses,
        imputation,
        trainedOn: summarise(seen),
        parameters: { members: fitted.map((member) => member.toJSON()), weights },
        diagnostics() {
          const own = fitted.map((member) => member.diagnostics);
          return {
            degreesOfFreedom: own.reduce((sum, { degreesOfFreedom }, i) => sum + weights[i] * degreesOfFreedom, 0),
            boundsActive: own.flatMap(({ boundsActive }, i) =>
              boundsActive.map((bound) => `${fitted[i].name}: ${bound}`),
            ),
            conditionNumber: own.reduce<number | null>((worst, { conditionNumber }) => {
              return conditionNumber === null ? worst : Math.max(worst ?? 1, conditionNumber);
            }, null),
          };
        },
        raw: (at) => combineVols(clampedVols(fitted, at), weights, combine),
        sdMany: (vol, at) =>
          spread(
            fitted.map((member) => member.predictMany(at)),
            weights,
            vol,
          ),
      });
    },
  };
}

/** The same weight for each. */
export function equalWeights(_: string, models: readonly PricingModel[]): readonly number[] {
  return models.map(() => 1 / models.length);
}

/**
 * Weights in proportion to one over each member's mean squared log error on the calm validation days, recent days
 * counting more, when fitted on the days before the purge.
 */
export function recentWeights(
  name: string,
  models: readonly PricingModel[],
  calm: QuoteSet,
  random: Random,
): readonly number[] {
  const { fitEnd, validationStart, count } = splitCalm(name, calm);
  const rows = Int32Array.from({ length: count }, (_, row) => row);
  const early = firstQuotes(calm, fitEnd);
  const late = weightByAge(selectQuotes(calm, rows.subarray(validationStart)), WEIGHT_HALF_LIFE);
  const inverse = models.map((model) => {
    const { vol } = fitMember(name, model, early, random).predictMany(late.features);
    return 1 / validationLogError(late, vol, 0) ** 2;
  });
  const total = inverse.reduce((sum, value) => sum + value, 0);
  return inverse.map((value) => value / total);
}

function fitMember(name: string, model: PricingModel, calm: QuoteSet, random: Random): FittedModel {
  try {
    return fitOnce(model, calm, random);
  } catch (error) {
    if (!(error instanceof ModelFitError)) throw error;
    throw new ModelFitError(name, `its member ${model.name} cannot be: ${error.what}`, error.where, error);
  }
}

/** Vols of every member, within its domain, row by row. */
function clampedVols(fitted: readonly FittedModel[], at: FeatureTable): Float64Array[] {
  return fitted.map((member) => {
    const [low, high] = member.domain;
    return member.rawMany(at).map((vol) => Math.min(high, Math.max(low, vol)));
  });
}

function combineVols(vols: readonly Float64Array[], weights: readonly number[], combine: Combination): Float64Array {
  const own = new Float64Array(vols.length);
  return vols[0].map((_, row) => {
    for (let i = 0; i < vols.length; i++) own[i] = vols[i][row];
    return combine(own, weights);
  });
}

/** √ Σ w (sd² + (vol of the member − vol)²). */
function spread(members: readonly Predictions[], weights: readonly number[], vol: Float64Array): Float64Array {
  return vol.map((centre, row) => {
    const variance = members.reduce((sum, member, i) => {
      return sum + weights[i] * (member.sd[row] ** 2 + (member.vol[row] - centre) ** 2);
    }, 0);
    return Math.sqrt(variance);
  });
}
