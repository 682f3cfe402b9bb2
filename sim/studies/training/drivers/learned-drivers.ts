import { forestModel } from "../../../../src/models/forest.ts";
import { gaussianProcessModel } from "../../../../src/models/gaussian-process.ts";
import { learnedUses } from "../../../../src/models/learned-inputs.ts";
import { networkDecayModel } from "../../../../src/models/network.ts";
import type {
  FeatureName,
  FeatureTable,
  FittedModel,
  PricingModel,
  QuoteSet,
} from "../../../../src/models/pricing-model.ts";
import { selectFeatures } from "../../../../src/models/select-quotes.ts";
import type { Random } from "../../../../src/random/random.ts";
import { mean } from "../../../../src/statistics/moments.ts";
import { shapleyValues } from "../../../../src/statistics/shapley.ts";
import { drivers } from "./driver-world.ts";

/** Learned models of the same ten inputs, none of which is told to be sparse. */
export const learnedFits = ["forest", "network-decay", "gaussian-process"] as const;
export type LearnedFit = (typeof learnedFits)[number];

const models: Readonly<Record<LearnedFit, PricingModel>> = {
  forest: forestModel,
  "network-decay": networkDecayModel,
  "gaussian-process": gaussianProcessModel,
};

/** Quotes whose vols are explained: one of every so many, of other strikes and tenors from moment to moment. */
const EXPLAINED = 30;

/** A column of the feature table as the inputs that learned models make of it, and back. */
const scales: Readonly<Partial<Record<FeatureName, readonly [(value: number) => number, (input: number) => number]>>> =
  {
    shortVol: [Math.log, Math.exp],
    longVol: [Math.log, Math.exp],
    baseFee: [Math.log1p, Math.expm1],
    years: [Math.sqrt, (root) => root * root],
  };

/** The learned model on these quotes; a driver that is left out stands at its calm mean. */
export function fitLearned(name: LearnedFit, calm: QuoteSet, random: Random, without?: number): FittedModel {
  return models[name].fit(
    without === undefined ? calm : { ...calm, features: held(calm.features, calm, without) },
    random,
  );
}

/** Raw vols of quotes under a model that a driver may have been left out of. */
export function learnedVols(fitted: FittedModel, calm: QuoteSet, at: FeatureTable, without?: number): Float64Array {
  return fitted.rawMany(without === undefined ? at : held(at, calm, without));
}

function held(at: FeatureTable, calm: QuoteSet, driver: number): FeatureTable {
  const { feature } = drivers[driver];
  return { ...at, [feature]: new Float64Array(at.count).fill(typicalOf(calm.features, feature)) };
}

/** The value whose input is the calm mean of the inputs. */
function typicalOf(features: FeatureTable, name: FeatureName): number {
  const [to, back] = scales[name] ?? [(value: number) => value, (input: number) => input];
  return back(mean(features[name].map(to)));
}

/**
 * Mean size of each driver's contribution to the vols of calm quotes: its Shapley value against the quote with all inputs
 * at their calm means, the inputs that are no drivers taking part as one. A quadratic polynomial's drivers have the same
 * values whether the others are one player or several, since only pairs interact.
 */
export function driverContributions(vols: (at: FeatureTable) => Float64Array, calm: QuoteSet): number[] {
  const count = calm.features.count;
  // A stride that shares no factor with the design visits all of its strikes and tenors.
  const stride = Math.max(1, Math.floor(count / EXPLAINED)) | 1;
  const rows = Array.from({ length: Math.ceil(count / stride) }, (_, i) => i * stride);
  const own = selectFeatures(calm.features, rows);
  const base = typicalQuote(calm, own.count);
  const isDriver = new Set<FeatureName>(drivers.map(({ feature }) => feature));
  const rest = learnedUses.filter((name) => !isDriver.has(name));
  const players: readonly (readonly FeatureName[])[] = [...drivers.map(({ feature }) => [feature]), rest];
  const byCoalition = Array.from({ length: 2 ** players.length }, (_, coalition) => {
    const present = players.flatMap((names, player) => ((coalition >> player) & 1 ? names : []));
    return vols({ ...base, ...Object.fromEntries(present.map((name) => [name, own[name]])) });
  });
  const shares = rows.map((_, row) => shapleyValues(players.length, (coalition) => byCoalition[coalition][row]));
  return drivers.map((_, driver) => mean(shares.map((share) => Math.abs(share[driver]))));
}

/** So many rows of the quote with all inputs at their calm means. */
function typicalQuote({ features }: QuoteSet, rows: number): FeatureTable {
  const typical = new Map<FeatureName, number>(
    learnedUses.filter((name) => name !== "logMoneyness").map((name) => [name, typicalOf(features, name)]),
  );
  const normalised = features.logMoneyness.map(
    (k, row) => k / (features.longVol[row] * Math.sqrt(features.years[row])),
  );
  typical.set("logMoneyness", mean(normalised) * typical.get("longVol")! * Math.sqrt(typical.get("years")!));
  const columns = [...typical].map(([name, value]) => [name, new Float64Array(rows).fill(value)] as const);
  return { ...selectFeatures(features, new Int32Array(rows)), ...Object.fromEntries(columns) };
}
