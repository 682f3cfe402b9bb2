import { UserError } from "../../../../src/errors/user-error.ts";
import { pricersOf, replicateRandom, trainingQuotes } from "../../../experiment/generalisation/replicate.ts";
import { configOf } from "../../../experiment/generalisation/run-generalisation.ts";
import type { VariantMaker } from "../../../experiment/model-variants.ts";
import { fitOrNothing, holdOut } from "../../shared/fitting.ts";
import { alarmedModel, alarmRule, type AlarmCount, type Reaction } from "./alarmed-model.ts";

const reactions: readonly Reaction[] = ["re-mark", "conservative"];

/** The plain model's name, then one for each reaction. */
export function alarmArms(model: string): string[] {
  return [model, ...reactions.map((reaction) => `${model}, ${reaction} on alarm`)];
}

/** A model whose keeper reacts when the market's surface disagrees; counts the moments of its alarm. */
export const alarmVariants: VariantMaker = ({ model }, { scenario, masterSeed }) => {
  const config = configOf({ scenario, masterSeed });
  const pricers = pricersOf(config);
  const arms = alarmArms(model);
  return (spec, base) => {
    if (spec.model === model) return { model: base() };
    const random = replicateRandom(config, spec.seed);
    const { early, later } = holdOut(trainingQuotes(config, pricers, random));
    const before = fitOrNothing(model, early, random);
    if (before === undefined) {
      throw new UserError({
        where: `model ${model}`,
        what: `cannot be fitted to the early days of seed ${spec.seed}`,
        expected: "a fit",
      });
    }
    const count: AlarmCount = { asked: 0, alarmed: 0 };
    const reaction = reactions[arms.indexOf(spec.model) - 1];
    return { model: alarmedModel(base(), alarmRule(before, later), reaction, count), readings: () => ({ ...count }) };
  };
};
