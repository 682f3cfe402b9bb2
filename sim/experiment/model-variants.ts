import { UserError } from "../../src/errors/user-error.ts";
import type { FittedModel } from "../../src/models/pricing-model.ts";
import type { RunRecord, RunSpec } from "../engine/run-record.ts";

import type { ChainSetting } from "./chain-setting.ts";
import type { Columns, Readings } from "./finished-run.ts";
import type { PlainRequest } from "./request.ts";

/** A frozen model for one run, with what it counted when the run is over, and what it takes from the run's record. */
export interface ModelVariant {
  readonly model: FittedModel;
  readonly readings?: () => Readings;
  readonly columns?: (record: RunRecord) => Columns;
}

/** An order for variants of a model that any process can carry out: plain data, of which a maker makes models. */
export interface VariantOrder {
  /** Name of the maker. */
  readonly maker: string;
  /** The model whose variants run, by its own name; a run's spec names the variant. */
  readonly model: string;
  /** What else the maker needs: plain data that is found once and not in every process. */
  readonly settings?: unknown;
}

/** Makes the variants that runs ask for; makers add to an order what they need to know. */
export type VariantMaker<Order extends VariantOrder = VariantOrder> = (
  order: Order,
  request: PlainRequest,
) => MakeVariant;

/** @param base - the model as the experiment's own chain seeds fit it */
export type MakeVariant = (spec: RunSpec, base: () => FittedModel) => ModelVariant;

/** A setting whose runs get variants of its models. */
export function withVariants(setting: ChainSetting, order: VariantOrder, make: MakeVariant): ChainSetting {
  const made = new WeakMap<RunSpec, ModelVariant>();
  return {
    ...setting,
    modelOf(spec) {
      const base = () => {
        const fitted = setting.modelOf({ ...spec, model: order.model });
        if (fitted !== undefined) return fitted;
        throw new UserError({
          where: `model ${order.model}`,
          what: `cannot be fitted to seed ${spec.seed}`,
          expected: "a fit",
        });
      };
      const variant = make(spec, base);
      made.set(spec, variant);
      return variant.model;
    },
    readingsOf: (spec) => made.get(spec)?.readings?.() ?? {},
    columnsOf: (record) => made.get(record.spec)?.columns?.(record) ?? {},
  };
}
