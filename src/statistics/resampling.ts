import type { Random } from "../random/random.ts";

import { MOST_RESAMPLES, requireWhole } from "./statistic-input-error.ts";
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
 * @throws {StatisticInputError} of a number of observations or samples that is none
 * @see Efron (1979), "Bootstrap methods: another look at the jackknife"
 */
export function resampling(n: number, random: Random, samples = 1000): Resampling {
  if (!(n >= 1)) throw new TooFewObservationsError("resampling", n, 1);
  requireWhole("resampling", "observations", n, 1, MOST_RESAMPLES);
  requireWhole("resampling", "samples", samples, 1, MOST_RESAMPLES);
  return {
    n,
    counts: Array.from({ length: samples }, (_, sample) => {
      const counts = new Uint32Array(n);
      for (let i = 0; i < n; i++) counts[Math.floor(random.uniform(sample, i) * n)]++;
      return counts;
    }),
  };
}
