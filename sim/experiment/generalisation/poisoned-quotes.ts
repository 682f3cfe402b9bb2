import type { Random } from "../../../src/random/random.ts";
import type { Poison } from "../../scenarios/scenario.ts";
import type { MarketQuotes } from "./quotes.ts";

/** Quotes further than so many deviations σ√τ of long realised vol from the money are the wings. */
export const WING = 1;
/** No quote is lower, vol. */
const SMALLEST_VOL = 0.01;

/**
 * What an adversary makes of training quotes: it adds `shift` to a share of them, first to those on the side that it
 * wants moved, in random order. One that owns a larger share owns all that a smaller one does.
 */
export function poisonedQuotes(quotes: MarketQuotes, { share, shift, on }: Poison, random: Random): MarketQuotes {
  const { features, target } = quotes;
  const owned = Array.from(target.keys(), (row) => {
    const deviations = features.logMoneyness[row] / (features.longVol[row] * Math.sqrt(features.years[row]));
    return { row, rank: random.uniform(row, 0) + (isWanted[on](deviations) ? 0 : 1) };
  })
    .sort((a, b) => a.rank - b.rank)
    .slice(0, Math.round(share * target.length));
  const poisoned = target.slice();
  for (const { row } of owned) poisoned[row] = Math.max(SMALLEST_VOL, poisoned[row] + shift);
  return { ...quotes, target: poisoned };
}

/** Whether a side holds a quote, by its distance from the money in deviations. */
const isWanted: Readonly<Record<Poison["on"], (deviations: number) => boolean>> = {
  wings: (deviations) => Math.abs(deviations) > WING,
  downside: (deviations) => deviations < 0,
  upside: (deviations) => deviations > 0,
};
