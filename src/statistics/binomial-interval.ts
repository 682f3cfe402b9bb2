import betaQuantile from "@stdlib/stats-base-dists-beta-quantile";
import normalQuantile from "@stdlib/stats-base-dists-normal-quantile";

/** An observed rate with its interval; rates in [0, 1]. */
export interface RateInterval {
  readonly rate: number;
  readonly low: number;
  readonly high: number;
}

/** The counts do not describe a sample. */
export class NotACountError extends Error {
  constructor(successes: number, trials: number) {
    super(`expected 0 ≤ successes ≤ trials with trials ≥ 1, both integers, got ${successes} of ${trials}`);
    this.name = "NotACountError";
  }
}

/** Exact interval of a binomial rate (Clopper & Pearson 1934). @throws {NotACountError} */
export function clopperPearson(successes: number, trials: number, level = 0.95): RateInterval {
  requireCounts(successes, trials);
  const tail = (1 - level) / 2;
  return {
    rate: successes / trials,
    low: successes === 0 ? 0 : betaQuantile(tail, successes, trials - successes + 1),
    high: successes === trials ? 1 : betaQuantile(1 - tail, successes + 1, trials - successes),
  };
}

/** Score interval of a binomial rate (Wilson 1927). @throws {NotACountError} */
export function wilson(successes: number, trials: number, level = 0.95): RateInterval {
  requireCounts(successes, trials);
  const z = normalQuantile((1 + level) / 2, 0, 1);
  const rate = successes / trials;
  const scale = 1 + z ** 2 / trials;
  const centre = (rate + z ** 2 / (2 * trials)) / scale;
  const half = (z / scale) * Math.sqrt((rate * (1 - rate)) / trials + z ** 2 / (4 * trials ** 2));
  return { rate, low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}

function requireCounts(successes: number, trials: number): void {
  const valid = Number.isInteger(successes) && Number.isInteger(trials) && trials >= 1;
  if (!valid || successes < 0 || successes > trials) throw new NotACountError(successes, trials);
}
