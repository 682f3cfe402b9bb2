import { UserError } from "../../../src/errors/user-error.ts";
import type { GeneralisationConfig } from "./config.ts";
import { attainableName } from "./config.ts";
import type { Cell, FailedReplicate, ModelReplicate, ReplicateErrors } from "./replicate.ts";

/** No interval is shown of fewer. */
const FEWEST_REPLICATES = 6;

/** A model's replicates beside the attainable control's of the same index. */
export interface PairedModel {
  readonly name: string;
  readonly own: readonly ModelReplicate[];
  readonly control: readonly ModelReplicate[];
  /** Which replicates these are. */
  readonly indices: readonly number[];
  readonly failures: readonly string[];
}

/** @throws {UserError} where the model could be fitted in too few replicates */
export function pairWithControl(name: string, replicates: readonly ReplicateErrors[]): PairedModel {
  const pairs = replicates.map(({ index, models }) => ({ index, own: models[name], control: models[attainableName] }));
  const scored = pairs.filter((pair) => isScored(pair.own));
  const failures = pairs.flatMap(({ own }) => ("failure" in own ? [own.failure] : []));
  if (scored.length < FEWEST_REPLICATES) {
    const counted = `could be fitted in ${scored.length} of ${pairs.length} replicates`;
    throw new UserError({
      where: `model ${name}`,
      what: failures.length === 0 ? counted : `${counted} (${failures[0]})`,
      expected: `at least ${FEWEST_REPLICATES}, from more replicates or more training days`,
    });
  }
  return {
    name,
    own: scored.map(({ own }) => own as ModelReplicate),
    control: scored.map(({ control }) => control as ModelReplicate),
    indices: scored.map(({ index }) => index),
    failures,
  };
}

export function isScored(one: ModelReplicate | FailedReplicate): one is ModelReplicate {
  return !("failure" in one);
}

export type Measure = (cell: Cell) => number;

/** The headline: root mean square in the listed design, after the declared domain. */
export const rmse: Measure = ({ listed }) => listed.rmse;

/** Error at a severity and age less the error on fresh calm at that age. */
export function gap(one: ModelReplicate, severity: number, age: number, measure: Measure): number {
  return measure(one.stress[severity][age]) - measure(one.calm[age]);
}

/** Gap beyond the attainable control's by replicate. */
export function excesses({ own, control }: PairedModel, severity: number, age: number, measure = rmse): Float64Array {
  return Float64Array.from(own, (one, i) => gap(one, severity, age, measure) - gap(control[i], severity, age, measure));
}

/** Place of the primary severity among the severities. */
export function primaryIndex({ severities, scenario }: GeneralisationConfig): number {
  return severities.indexOf(scenario.scoring.primarySeverity);
}
