import type { FittedModel } from "../../../../src/models/pricing-model.ts";
import type { TendedModel } from "../../../engine/tended-model.ts";
import type { Manipulation } from "../../../world/market-quotes.ts";
import { Refits, type RefitWindow } from "./refits.ts";
import { tended } from "./tended.ts";

/** Surfaces in a window of recalibration, as off chain. */
const WINDOW_SURFACES = 36;

/** How a keeper fits its model again. */
export interface RefitPolicy extends RefitWindow {
  readonly name: string;
  readonly manipulation?: Manipulation;
}

/**
 * A calm fit whose keeper fits the same model again each cycle, on market quotes of the window that are at least a cycle
 * old; what was calm before the run is in the window too. Where a window does not determine the model, the one in force
 * stays.
 * @param cycle - of the keeper, seconds
 */
export function recalibratedModel(
  base: FittedModel,
  policy: RefitPolicy,
  cycle: number,
): { readonly model: TendedModel; readonly readings: () => Refits["counts"] } {
  const { name, seconds, manipulation } = policy;
  const tape = { step: Math.round(seconds / WINDOW_SURFACES), manipulation };
  let refits: Refits | undefined;
  const model = tended(base, `${base.name}, ${name}`, tape, { ...policy, cycle }, (desk) => {
    const own = (refits = new Refits(base.name, desk, cycle));
    let inForce = base;
    let fittedAt = Number.NEGATIVE_INFINITY;
    return {
      modelAt(now) {
        if (now - fittedAt >= cycle) {
          inForce = own.fit(now, policy) ?? inForce;
          fittedAt = now;
        }
        return inForce;
      },
    };
  });
  return { model, readings: () => refits!.counts };
}
