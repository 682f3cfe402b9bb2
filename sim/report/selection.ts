import type { ModelResult } from "../results/generalisation.ts";
import type { ChainCell } from "../results/on-chain.ts";
import type { Results } from "../results/results.ts";

/** Every name that stands for a model or control anywhere in the results, models first, in the order of the results. */
export function modelNames(results: Results): { models: string[]; controls: string[] } {
  const kinds = [
    ...(results.generalisation?.models ?? []),
    ...(results.history?.models ?? []),
    ...results.onChain.map(({ model, kind }) => ({ name: model, kind })),
  ];
  const names = (control: boolean) => [
    ...new Set(kinds.filter(({ kind }) => (kind === "control") === control).map(({ name }) => name)),
  ];
  return { models: names(false), controls: names(true) };
}

/** The severity at which the chain runs were hardest; null when nothing ran on chain. */
export function hardestSeverity(results: Results): number | null {
  const severities = results.onChain.map(({ severity }) => severity);
  return severities.length === 0 ? null : Math.max(...severities);
}

/** Cells of models (never of controls) at the hardest severity. */
export function hardestCells(results: Results): ChainCell[] {
  const hardest = hardestSeverity(results);
  return results.onChain.filter(({ kind, severity }) => kind === "model" && severity === hardest);
}

/** Shift gap of a model at a severity in the primary design and age; undefined when it was not scored. */
export function primaryGap(results: Results, model: ModelResult, at: number): ModelResult["gaps"][number] | undefined {
  const primary = results.generalisation?.primary;
  return model.gaps.find(
    ({ severity, age, design }) => severity === at && age === primary?.age && design === primary.design,
  );
}

/** The cell with the largest mean excess cost; undefined when none has one. */
export function costliest(cells: readonly ChainCell[]): ChainCell | undefined {
  return cells
    .filter(({ excessCost }) => excessCost !== null && excessCost.mean !== null)
    .toSorted((a, b) => b.excessCost!.mean! - a.excessCost!.mean!)[0];
}
