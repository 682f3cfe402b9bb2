import { pricersOf, replicateRandom, trainingQuotes } from "../../../experiment/generalisation/replicate.ts";
import { configOf } from "../../../experiment/generalisation/run-generalisation.ts";
import type { VariantMaker } from "../../../experiment/model-variants.ts";
import type { AlarmCount } from "./alarmed-model.ts";
import { realisedAlarm, realisedChart, type RealisedReaction } from "./realised-alarm.ts";

const reactions: readonly RealisedReaction[] = ["conservative", "recalibrate"];

/** The plain model's name, then one for each reaction. */
export function realisedAlarmArms(model: string): string[] {
  return [model, ...reactions.map((reaction) => `${model}, ${reaction} on CUSUM`)];
}

/** A model whose keeper runs a CUSUM on the feed; counts the moments of its alarm. */
export const realisedAlarmVariants: VariantMaker = ({ model }, { scenario, masterSeed }) => {
  const config = configOf({ scenario, masterSeed });
  const pricers = pricersOf(config);
  const arms = realisedAlarmArms(model);
  return (spec, base) => {
    if (spec.model === model) return { model: base() };
    const count: AlarmCount = { asked: 0, alarmed: 0 };
    const fitted = base();
    const chart = realisedChart(fitted, trainingQuotes(config, pricers, replicateRandom(config, spec.seed)));
    const reaction = reactions[arms.indexOf(spec.model) - 1];
    return { model: realisedAlarm(fitted, chart, reaction, count), readings: () => ({ ...count }) };
  };
};
