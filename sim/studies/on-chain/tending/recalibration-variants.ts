import type { VariantMaker } from "../../../experiment/model-variants.ts";
import type { Manipulation } from "../../../world/market-quotes.ts";
import { recalibratedModel, type RefitPolicy } from "./recalibrated-model.ts";

const HOUR = 3600;

/** What an adversary does to the market that the keeper reads: it wants options cheap and then buys them; ours. */
export const MANIPULATED_MARKET: Manipulation = { share: 0.2, shift: -0.3 };

/** How the keepers of the study fit again, in the order of its arms. */
export const refitPolicies: readonly RefitPolicy[] = [
  { name: "recalibrated, 12 h", seconds: 12 * HOUR, halfLifeSeconds: Infinity },
  { name: "recalibrated, 3 d", seconds: 72 * HOUR, halfLifeSeconds: Infinity },
  { name: "recalibrated, half-life 6 h", seconds: 36 * HOUR, halfLifeSeconds: 6 * HOUR },
  {
    name: "recalibrated, 12 h, manipulated",
    seconds: 12 * HOUR,
    halfLifeSeconds: Infinity,
    manipulation: MANIPULATED_MARKET,
  },
];

/** The frozen model's name, then one for each way of fitting again. */
export function recalibrationArms(model: string): string[] {
  return [model, ...refitPolicies.map(({ name }) => `${model}, ${name}`)];
}

/** A model whose keeper fits it again each cycle; counts its fits. */
export const recalibrationVariants: VariantMaker = ({ model }, { scenario }) => {
  const arms = recalibrationArms(model);
  return (spec, base) => {
    const policy = refitPolicies[arms.indexOf(spec.model) - 1];
    return policy === undefined ? { model: base() } : recalibratedModel(base(), policy, scenario.keeper.cycle);
  };
};
