import { InternalError } from "../../../src/errors/internal-error.ts";
import type { VariantMaker } from "../../experiment/model-variants.ts";
import { homeVariants } from "./axes/home-variants.ts";
import { alarmVariants } from "./alarms/alarm-variants.ts";
import { logVariants } from "./own-logs/log-variants.ts";
import { recalibrationVariants } from "./tending/recalibration-variants.ts";
import { recorderVariants, transferVariants } from "./transfer-chain/transfer-variants.ts";
import { uncertaintyVariants } from "./uncertainty-on-chain/uncertainty-variants.ts";

/** What a maker must know beside its name comes with the orders of the studies that name it. */
const makers: Readonly<Record<string, VariantMaker>> = {
  "keeper-alarm": alarmVariants,
  "recalibrating-keeper": recalibrationVariants,
  "own-logs": logVariants as VariantMaker,
  "uncertainty-on-chain": uncertaintyVariants,
  axes: homeVariants as VariantMaker,
  "calm-recorder": recorderVariants as VariantMaker,
  "transfer-chain": transferVariants as VariantMaker,
};

/** The maker of a study's variants, by name: a process that runs them is told no more. */
export function variantMaker(name: string): VariantMaker {
  const maker = makers[name];
  if (maker === undefined) throw new InternalError(`no maker of model variants is called ${name}`, {});
  return maker;
}
