import type { RunSpec } from "../engine/run-record.ts";
import type { Ladder } from "../results/on-chain.ts";
import { rungs, type Scenario } from "../scenarios/scenario.ts";

import { estimate } from "./estimate.ts";
import type { JudgedRun } from "./finished-run.ts";
import { cellsOf, PERFECT, UNGUARDED, type Cell } from "./plan.ts";

/**
 * The telescope from the truth to each model's quote, by preset and severity: what representation (P1 − P0), latency
 * (P2 − P1) and guards (P3 − P2) do to perfect pricing, and what is left to a model. Rungs that did not run are left out,
 * so that a step spans those between.
 */
export function ladderOf(runs: readonly JudgedRun[], scenario: Scenario): Ladder[] {
  const { onChain } = scenario;
  if (onChain.rungs.length === 0) return [];
  const climbed = ["P0" as const, ...rungs.filter((rung) => onChain.rungs.includes(rung))];
  const main = runs.filter(({ summary }) => summary.spec.feedback === (onChain.feedback !== "off"));
  return cellsOf(scenario).map((cell) => {
    const found = climbed.map((rung) => {
      const preset = rung === "P1" || rung === "P2" ? UNGUARDED : cell.preset;
      return { rung, preset, runs: runsOf(main, { ...cell, preset }, PERFECT, rung) };
    });
    return {
      ...cell,
      rungs: found.map(({ rung, preset, runs: own }, step) => ({
        rung,
        preset,
        errorVp: estimate(own.map(errorOf)),
        stepVp: step === 0 ? null : estimate(errorsBeyond(own, found[step - 1].runs)),
        excessCost: own.every(({ control }) => control === undefined)
          ? null
          : estimate(own.map(({ excessCost }) => excessCost ?? Number.NaN)),
      })),
      models: onChain.models.map((model) => {
        const own = runsOf(main, cell, model, undefined);
        return {
          model,
          errorVp: estimate(own.map(errorOf)),
          beyondVp: estimate(errorsBeyond(own, found.at(-1)!.runs)),
        };
      }),
    };
  });
}

function runsOf(runs: readonly JudgedRun[], { preset, severity }: Cell, model: string, rung: RunSpec["rung"]) {
  return runs.filter(
    ({ summary: { spec } }) =>
      spec.model === model && spec.rung === rung && spec.preset === preset && spec.severity === severity,
  );
}

function errorOf({ summary }: JudgedRun): number {
  return summary.quotes.effective;
}

/** Errors less those of the same seed. */
function errorsBeyond(runs: readonly JudgedRun[], others: readonly JudgedRun[]): number[] {
  const bySeed = new Map(others.map((run) => [run.summary.spec.seed, errorOf(run)]));
  return runs.map((run) => errorOf(run) - (bySeed.get(run.summary.spec.seed) ?? Number.NaN));
}
