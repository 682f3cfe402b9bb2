import { InternalError } from "../../../src/errors/internal-error.ts";
import type { VariantMaker } from "../../experiment/model-variants.ts";
import { alarmVariants } from "./alarms/alarm-variants.ts";
import { realisedAlarmVariants } from "./alarms/realised-alarm-variants.ts";
import { recalibrationVariants } from "./tending/recalibration-variants.ts";
import { uncertaintyVariants } from "./uncertainty-on-chain/uncertainty-variants.ts";

const makers: Readonly<Record<string, VariantMaker>> = {
  "keeper-alarm": alarmVariants,
  "cusum-keeper": realisedAlarmVariants,
  "recalibrating-keeper": recalibrationVariants,
  "uncertainty-on-chain": uncertaintyVariants,
};

/** The maker of a study's variants, by name: a process that runs them is told no more. */
export function variantMaker(name: string): VariantMaker {
  const maker = makers[name];
  if (maker === undefined) throw new InternalError(`no maker of model variants is called ${name}`, {});
  return maker;
}
