import type { VariantMaker } from "../../../experiment/model-variants.ts";
import { scaledUncertainty } from "./scaled-uncertainty.ts";

/** Factors of the posted standard deviation; against the first, nothing is posted, the others are compared. */
const factors = [0, 1, 3] as const;

export function uncertaintyArms(model: string): string[] {
  return factors.map((factor) => `${model}, sd × ${factor}`);
}

/** A model that posts its deviation times a factor; tells the deviation of a typical calm quote, vol points. */
export const uncertaintyVariants: VariantMaker = ({ model }) => {
  const arms = uncertaintyArms(model);
  return (spec, base) => {
    const fitted = base();
    const deviation = 100 * fitted.predict(fitted.trainedOn.typical).sd;
    return {
      model: scaledUncertainty(fitted, factors[arms.indexOf(spec.model)]),
      readings: () => ({ deviation }),
    };
  };
};
