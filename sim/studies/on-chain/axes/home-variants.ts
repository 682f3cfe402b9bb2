import { digestOf } from "../../../../src/json/canonical-json.ts";
import type { FittedModel } from "../../../../src/models/pricing-model.ts";
import type { VariantMaker, VariantOrder } from "../../../experiment/model-variants.ts";
import { pricersOf } from "../../../experiment/generalisation/replicate.ts";
import { configOf } from "../../../experiment/generalisation/run-generalisation.ts";
import { seedModels } from "../../../experiment/seed-models.ts";
import type { Scenario } from "../../../scenarios/scenario.ts";

/** An order for models that were trained in another market than the one that they run in. */
export interface HomeOrder extends VariantOrder {
  readonly home: Scenario;
}

/** Models of this process by where and how they were trained: many markets run the same ones. */
const fitted = new Map<string, FittedModel>();

/** The model as the home market's own chain seed fits it, whatever market it runs in. */
export const homeVariants: VariantMaker<HomeOrder> = ({ model, home }, { masterSeed }) => {
  const market = digestOf(home);
  const pricers = pricersOf(configOf({ scenario: home, masterSeed }));
  return ({ seed }) => {
    const key = `${market}|${masterSeed}|${seed}|${model}`;
    let known = fitted.get(key);
    if (known === undefined) {
      known = seedModels(home, masterSeed, seed, [model], pricers).get(model)!;
      fitted.set(key, known);
    }
    return { model: known };
  };
};
