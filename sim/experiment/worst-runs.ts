import type { Scenario } from "../scenarios/scenario.ts";

import { isCompared, PERFECT } from "./plan.ts";
import type { JudgedRun } from "./finished-run.ts";
import type { BundleMaterial, FinishedGroup } from "./run-group.ts";

/** The worst run of a model so far, and what its bundle is made from. */
export interface WorstRun {
  readonly run: JudgedRun;
  readonly material: BundleMaterial;
}

/** The worst run of a model with its bundle's file name and text. */
export interface WorstBundle {
  readonly run: JudgedRun;
  readonly file: string;
  readonly json: string;
}

/** The worst run of each model that was compared, in the order of the models, and the group in which it is. */
export function worstOfModels(
  groups: readonly (readonly JudgedRun[])[],
  scenario: Scenario,
): { readonly model: string; readonly group: number; readonly run: JudgedRun }[] {
  const runs = groups.flatMap((group, index) => group.map((run) => ({ run, group: index })));
  return scenario.onChain.models.flatMap((model) => {
    const own = runs.filter(
      ({ run: { summary } }) => summary.spec.model === model && isCompared(summary.spec, scenario),
    );
    if (own.length === 0) return [];
    return [{ model, ...own.reduce((held, one) => (isWorse(one.run, held.run) ? one : held)) }];
  });
}

/**
 * Keeps the costliest run of each model while groups finish in any order. Ties go to the earlier preset, severity and
 * seed by name, so that the order of finishing decides nothing.
 */
export class WorstRuns {
  readonly #byModel = new Map<string, WorstRun>();

  consider({ runs, materials }: FinishedGroup, scenario: Scenario): void {
    runs.forEach((run, i) => {
      const { model } = run.summary.spec;
      if (model === PERFECT || !isCompared(run.summary.spec, scenario)) return;
      const held = this.#byModel.get(model);
      if (held === undefined || isWorse(run, held.run)) this.#byModel.set(model, { run, material: materials[i] });
    });
  }

  /** In the order of `models`. */
  of(models: readonly string[]): WorstRun[] {
    return models.flatMap((model) => this.#byModel.get(model) ?? []);
  }
}

function isWorse(run: JudgedRun, held: JudgedRun): boolean {
  const difference = costOf(run) - costOf(held);
  if (difference !== 0) return difference > 0;
  return placeOf(run) < placeOf(held);
}

/** Excess over perfect pricing; the absolute loss where there is no control. */
function costOf(run: JudgedRun): number {
  return run.excessCost ?? run.summary.loss;
}

function placeOf({ summary: { spec } }: JudgedRun): string {
  return `${spec.preset}|${spec.severity.toFixed(6)}|${String(spec.seed).padStart(6, "0")}`;
}
