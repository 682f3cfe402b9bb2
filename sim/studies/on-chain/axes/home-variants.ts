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

/** Models of this process by home, then by what else they depend on: the markets of a study share their home. */
const fitted = new WeakMap<Scenario, Map<string, FittedModel>>();

/** The model as the home market's own chain seed fits it, whatever market it runs in. */
export const homeVariants: VariantMaker<HomeOrder> = ({ model, home }, { masterSeed }) => {
  const known = fitted.get(home) ?? new Map<string, FittedModel>();
  fitted.set(home, known);
  const pricers = pricersOf(configOf({ scenario: home, masterSeed }));
  return ({ seed }) => {
    const key = `${masterSeed}|${seed}|${model}`;
    if (!known.has(key)) known.set(key, seedModels(home, masterSeed, seed, [model], pricers).get(model)!);
    return { model: known.get(key)! };
  };
};
