import type { JudgedRun } from "../../../experiment/finished-run.ts";
import { excessBreaks } from "../../../measure/breaks.ts";
import type { Scenario } from "../../../scenarios/scenario.ts";

/** What is kept of a run: enough to judge it, alone or against perfect pricing. */
export type VaultRun = Pick<JudgedRun["summary"], "values" | "breaks" | "loss">;

/** A way in which a vault breaks. */
export interface VaultPredicate {
  readonly name: "economic" | "solvency";
  /** Against perfect pricing on the same seed, under the same preset; else absolute. */
  readonly excess: boolean;
}

/** The primary one first. */
export const vaultPredicates: readonly VaultPredicate[] = [
  { name: "economic", excess: true },
  { name: "economic", excess: false },
  { name: "solvency", excess: true },
  { name: "solvency", excess: false },
];

/**
 * Whether a run breaks; undefined where what that takes did not run.
 * @param perfect - perfect pricing on the same seed, preset and severity, for predicates in excess
 */
export function isBroken(
  run: VaultRun | undefined,
  perfect: VaultRun | undefined,
  { name, excess }: VaultPredicate,
  limits: Scenario["breaks"],
): boolean | undefined {
  if (run === undefined || (excess && perfect === undefined)) return undefined;
  const breaks = excess ? excessBreaks(run, perfect!, limits) : run.breaks;
  return breaks.some(({ predicate }) => predicate === name);
}
