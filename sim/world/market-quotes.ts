import type { Random } from "../../src/random/random.ts";

/** No market quotes a vol below this. */
const SMALLEST_VOL = 0.01;

/**
 * A market maker's quote of a vol: the truth and independent normal noise, the same in every regime.
 * @param noise - standard deviation in vol, 0.005 = half a vol point
 * @param index - the fine-grid step or block of the quote
 * @param series - number of the quoted series
 */
export function quotedVol(trueVol: number, noise: number, random: Random, index: number, series: number): number {
  return Math.max(SMALLEST_VOL, trueVol + noise * random.normal(index, series));
}

/** What an adversary does to quotes: of a random share of them, it moves each by `shift` vol. */
export interface Manipulation {
  /** Share of the quotes that are the adversary's, in [0, 1]. */
  readonly share: number;
  /** Added to each of them, vol: −0.3 = thirty vol points too low. */
  readonly shift: number;
}

/**
 * A quote as it stands when an adversary owns a share of all; one that owns more owns what it owned before.
 * @param index - as of `quotedVol`
 */
export function manipulatedVol(
  quoted: number,
  { share, shift }: Manipulation,
  random: Random,
  index: number,
  series: number,
): number {
  return random.uniform(index, series) < share ? Math.max(SMALLEST_VOL, quoted + shift) : quoted;
}
