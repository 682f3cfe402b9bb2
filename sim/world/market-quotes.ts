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
