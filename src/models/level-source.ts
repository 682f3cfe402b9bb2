import type { FeatureName, PricingModel } from "./pricing-model.ts";

/** Where a model whose shape is frozen reads the level of its vols. */
export interface LevelSource {
  /** Name of the model that reads it so. */
  readonly name: string;
  readonly information: PricingModel["information"];
  /** Columns of the feature table that tell the level. */
  readonly from: readonly FeatureName[];
  /** For `npx hardhat models`. */
  readonly what: string;
}

/** A model by each source of its level: realised vols, and the surface of the previous keeper cycle. */
export function byLevelSource<M>(name: string, model: (source: LevelSource) => M): readonly [M, M] {
  return [
    model({ name, information: "prices", from: ["shortVol", "longVol"], what: "short and long realised vol" }),
    model({
      name: `${name}-lagged`,
      information: "lagged-surface",
      from: ["surfaceLevel"],
      what: "the market surface of the previous keeper cycle",
    }),
  ];
}
