import { UserError } from "../../../../src/errors/user-error.ts";
import type { FittedModel } from "../../../../src/models/pricing-model.ts";
import type { TradeLog } from "../../../../src/models/trade-log.ts";
import type { VariantMaker, VariantOrder } from "../../../experiment/model-variants.ts";
import { fitOrNothing } from "../../shared/fitting.ts";
import { drawOf, LearningDays, ownTrades } from "./learning-days.ts";

/** An order with the logs of earlier runs by draw, which variants are fitted on; empty where nothing was learned yet. */
export interface LogOrder extends VariantOrder {
  readonly logs: readonly (readonly TradeLog[])[];
}

/** What a keeper posts: the model of the calm before, or the same model fitted on the days since. */
export interface LearnedArms {
  readonly before: string;
  readonly market: string;
  readonly own: string;
}

export function learnedArms(model: string): LearnedArms {
  return { before: model, market: `${model}, market quotes`, own: `${model}, own trades` };
}

/** The model of a draw, trained on what its name says. */
export const logVariants: VariantMaker<LogOrder> = ({ model, logs }, { scenario, masterSeed }) => {
  const days = new LearningDays(scenario, masterSeed);
  const arms = learnedArms(model);
  const made = new Map<string, FittedModel>();
  return ({ model: arm, seed }) => {
    const draw = drawOf(seed);
    const key = `${arm}|${draw}`;
    let fitted = made.get(key);
    if (fitted === undefined) {
      fitted = fit(arm, draw);
      made.set(key, fitted);
    }
    return { model: fitted };
  };

  function fit(arm: string, draw: number): FittedModel {
    const fitted =
      arm === arms.before
        ? days.posted(draw, model)
        : fitOrNothing(
            model,
            arm === arms.market ? days.marketQuotes(draw, logs[draw]) : ownTrades(logs[draw], "mid").quotes,
            days.random(draw),
          );
    if (fitted !== undefined) return fitted;
    throw new UserError({ where: `model ${arm}`, what: `cannot be fitted to draw ${draw}`, expected: "a fit" });
  }
};
