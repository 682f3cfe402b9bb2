import { InternalError } from "../../../../src/errors/internal-error.ts";
import type { CensoredInterval } from "../../../../src/statistics/turnbull.ts";

/** Where something breaks on one seed. */
export interface SeedThreshold {
  /** First severity at which it breaks: up to 0, in (low, high], or beyond the dial. */
  readonly within: CensoredInterval;
  /** On the grid it was whole again at a severity above one at which it had broken. */
  readonly reenters: boolean;
}

/** Severities that must be looked at before more can be said, or the threshold. */
export type Sought =
  | { readonly kind: "wanting"; readonly severities: readonly number[] }
  | { readonly kind: "found"; readonly threshold: SeedThreshold };

/**
 * One step of the search for a threshold: first the whole grid, for the first passage and for re-entries, then the
 * middle of what is left of the first passage's cell, until that is no wider than the tolerance. What was looked at for
 * another reason, off this search's own way, changes nothing, so that a seed's threshold does not depend on what else
 * was sought.
 *
 * @param grid - severities ascending from 0
 * @param tolerance - widest interval of a threshold inside the grid
 * @param brokenAt - whether it breaks at a severity; undefined where nobody has looked
 * @throws {InternalError} of a grid or tolerance that is none
 */
export function seekThreshold(
  grid: readonly number[],
  tolerance: number,
  brokenAt: (severity: number) => boolean | undefined,
): Sought {
  if (grid[0] !== 0 || grid.some((severity, i) => i > 0 && severity <= grid[i - 1]) || !(tolerance > 0)) {
    throw new InternalError(
      `expected a grid ascending from 0 and a tolerance, got ${grid.join(", ")}; ${tolerance}`,
      {},
    );
  }
  const unseen = grid.filter((severity) => brokenAt(severity) === undefined);
  if (unseen.length > 0) return { kind: "wanting", severities: unseen };
  const first = grid.findIndex((severity) => brokenAt(severity));
  if (first < 0) return found({ low: grid[grid.length - 1], high: Infinity }, false);
  const reenters = grid.slice(first).some((severity) => !brokenAt(severity));
  if (first === 0) return found({ low: -Infinity, high: 0 }, reenters);
  let [low, high] = [grid[first - 1], grid[first]];
  while (high - low > tolerance) {
    const middle = (low + high) / 2;
    const broken = brokenAt(middle);
    if (broken === undefined) return { kind: "wanting", severities: [middle] };
    if (broken) high = middle;
    else low = middle;
  }
  return found({ low, high }, reenters);
}

function found(within: CensoredInterval, reenters: boolean): Sought {
  return { kind: "found", threshold: { within, reenters } };
}
