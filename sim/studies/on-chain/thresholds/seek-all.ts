import { InternalError } from "../../../../src/errors/internal-error.ts";
import { PERFECT } from "../../../experiment/plan.ts";
import type { Scenario } from "../../../scenarios/scenario.ts";
import type { RunAt, RunBook, RunPlace } from "./run-book.ts";
import { seekThreshold, type SeedThreshold } from "./seek-threshold.ts";
import { isBroken, type VaultPredicate } from "./vault-run.ts";

/** What is sought, of whom. */
export interface SearchPlan {
  readonly places: readonly RunPlace[];
  readonly predicates: readonly VaultPredicate[];
  /** Severities ascending from 0. */
  readonly grid: readonly number[];
  readonly tolerance: number;
  readonly limits: Scenario["breaks"];
}

/** A threshold with what it is of. */
export interface PlacedThreshold extends SeedThreshold {
  readonly place: RunPlace;
  readonly predicate: VaultPredicate;
}

/**
 * Seeks all thresholds at once, in rounds: every search says which severities it needs next, and what is wanted by any
 * of them is one batch of runs, with the perfect pricing that an excess is judged against. Perfect pricing has no excess over itself, and is sought in absolute terms only.
 *
 * @returns thresholds by place, then by predicate
 */
export async function seekAll(plan: SearchPlan, book: RunBook): Promise<PlacedThreshold[]> {
  const searches = plan.places.flatMap((place) =>
    plan.predicates
      .filter(({ excess }) => !excess || place.model !== PERFECT)
      .map((predicate) => ({ place, predicate })),
  );
  for (;;) {
    const before = book.size;
    const wanted: RunAt[] = [];
    const found: PlacedThreshold[] = [];
    for (const { place, predicate } of searches) {
      const sought = seekThreshold(plan.grid, plan.tolerance, (severity) => {
        const run = { ...place, severity };
        return isBroken(book.at(run), book.perfectAt(run), predicate, plan.limits);
      });
      if (sought.kind === "found") {
        found.push({ ...sought.threshold, place, predicate });
        continue;
      }
      for (const severity of sought.severities) {
        if (predicate.excess) wanted.push({ ...place, severity, model: PERFECT });
        wanted.push({ ...place, severity });
      }
    }
    if (wanted.length === 0) return found;
    await book.make(wanted);
    if (book.size === before) throw new InternalError("a batch of runs brought none of those that were wanted", {});
  }
}

/** Severities of first passage: those that are scored, calm and the worst among them. */
export function gridOf({ scoring }: Scenario): number[] {
  return [...new Set([0, ...scoring.severities, 1])].sort((a, b) => a - b);
}
