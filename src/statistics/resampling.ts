import type { Random } from "../random/random.ts";

import { TooFewObservationsError } from "./too-few-observations-error.ts";

/** Bootstrap samples of n observations; drawn once, they serve any number of statistics. */
export interface Resampling {
  readonly n: number;
  /** How often each sample holds each observation. */
  readonly counts: readonly Uint32Array[];
}

/**
 * Draws samples of n observations with replacement.
 * @param samples - how many
 * @throws {TooFewObservationsError} of no observation
 */
export function resampling(n: number, random: Random, samples = 1000): Resampling {
  if (n < 1) throw new TooFewObservationsError("resampling", n, 1);
  return {
    n,
    counts: Array.from({ length: samples }, (_, sample) => {
      const counts = new Uint32Array(n);
      for (let i = 0; i < n; i++) counts[Math.floor(random.uniform(sample, i) * n)]++;
      return counts;
    }),
  };
}
