import { digestOf } from "../json/canonical-json.ts";
import { explain } from "./explanation.ts";
import { logVolBeyond, type RealisedRange } from "./extrapolation.ts";
import { tableOf } from "./feature-pipeline.ts";
import { ModelInputError } from "./model-fit-error.ts";
import { missingVariance, withoutMissing } from "./missing-features.ts";
import type { Imputation } from "./missing-features.ts";
import type {
  FeatureInput,
  FeatureTable,
  FitDiagnostics,
  FittedModel,
  InformationSet,
  Predictions,
  QuoteFeatures,
  StateTable,
  TrainingSummary,
} from "./pricing-model.ts";

/** Vols that a keeper may post: the contract refuses grid vols outside 15 % … 400 %. */
export const contractDomain: readonly [number, number] = [0.15, 4];

/** What makes a frozen model, apart from what all share. */
export type FrozenParts = FrozenBase & FrozenSpread;

/** Standard deviation in vol: of a prediction of `vol`, or of each row of a table where it depends on more than that. */
type FrozenSpread = { sd(vol: number): number } | { sdMany(vol: Float64Array, at: FeatureTable): ArrayLike<number> };

interface FrozenBase {
  readonly name: string;
  readonly information: InformationSet;
  /** Features that a prediction reads. */
  readonly uses: readonly FeatureInput[];
  readonly trainedOn: TrainingSummary;
  /** Frozen parameters as plain JSON; everything that a prediction depends on. */
  readonly parameters: unknown;
  /** Asked for only when wanted. */
  diagnostics(): FitDiagnostics;
  /** Vol of every row before the declared domain is enforced. */
  raw(at: FeatureTable, state?: StateTable): Float64Array;
  /** How missing features are stood in for; without it they are refused. */
  readonly imputation?: Imputation;
  /** What training saw of realised vols, where the standard deviation is to grow outside of it. */
  readonly realised?: RealisedRange;
}

/**
 * A fitted model out of its parts: checks inputs or stands in for missing ones, clamps to the contract's domain, adds
 * what missing features cost to the standard deviation and keeps it within the largest vol, answers single quotes.
 */
export function freeze(parts: FrozenParts): FittedModel {
  const [low, high] = contractDomain;
  const { imputation } = parts;
  const complete = (at: FeatureTable): FeatureTable => {
    const filled = imputation === undefined ? at : withoutMissing(at, imputation);
    checkInputs(parts.name, filled, parts.uses);
    return filled;
  };
  const rawMany = (at: FeatureTable, state?: StateTable): Float64Array => parts.raw(complete(at), state);
  const clampedMany = (at: FeatureTable, state?: StateTable): Float64Array => {
    return rawMany(at, state).map((value) => Math.min(high, Math.max(low, value)));
  };
  const predictMany = (at: FeatureTable, state?: StateTable): Predictions => {
    const filled = complete(at);
    const vol = clampedMany(filled, state);
    const added = imputation && missingVariance((table) => clampedMany(table, state), at, imputation);
    const own = "sd" in parts ? vol.map((value) => parts.sd(value)) : parts.sdMany(vol, filled);
    const beyond = parts.realised && logVolBeyond(parts.realised, filled);
    const sd = vol.map((value, row) => {
      if (added === undefined && beyond === undefined) return Math.min(high, own[row]);
      return Math.min(high, Math.sqrt(own[row] ** 2 + (added?.[row] ?? 0) + ((beyond?.[row] ?? 0) * value) ** 2));
    });
    return { vol, sd };
  };
  let diagnostics: FitDiagnostics | undefined;
  return {
    name: parts.name,
    information: parts.information,
    get diagnostics() {
      return (diagnostics ??= parts.diagnostics());
    },
    trainedOn: parts.trainedOn,
    domain: contractDomain,
    rawMany,
    predictMany,
    predict(at: QuoteFeatures) {
      const { vol, sd } = predictMany(tableOf(at));
      return { vol: vol[0], sd: sd[0] };
    },
    explain: (at) => explain(rawMany, contractDomain, parts.uses, parts.trainedOn.typical, at),
    toJSON: () => ({ name: parts.name, domain: contractDomain, parameters: parts.parameters }),
  };
}

function checkInputs(model: string, at: FeatureTable, uses: readonly FeatureInput[]): void {
  for (const name of uses) {
    if (name === "returns") continue;
    const column = at[name];
    for (let row = 0; row < at.count; row++) {
      if (!Number.isFinite(column[row])) throw new ModelInputError(model, name, row, column[row]);
    }
  }
}

/** SHA-256 (hex) of a model's frozen parameters as canonical JSON: equal before and after any number of predictions. */
export function frozenHash(fitted: FittedModel): string {
  return digestOf(fitted.toJSON()).slice(2);
}
