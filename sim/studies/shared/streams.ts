import type { Random } from "../../../src/random/random.ts";
import type { GeneralisationConfig } from "../../experiment/generalisation/config.ts";
import { testMoments } from "../../experiment/generalisation/moments.ts";
import type { DesignName, MarketQuotes } from "../../experiment/generalisation/quotes.ts";
import { quotesAt } from "../../experiment/generalisation/quotes.ts";
import type { TruthPricers } from "../../world/truth-pricers.ts";
import type { StudyContext } from "../study.ts";

/**
 * Quotes of one test path at many moments, moment by moment. Paths with the same `random` share their numbers across
 * severities, their market noise included.
 * @param ages - seconds since onset, ascending; negative before it
 */
export function quoteStream(
  { scenario }: GeneralisationConfig,
  pricers: TruthPricers,
  random: Random,
  severity: number,
  ages: readonly number[],
  design: DesignName = "standardised",
): MarketQuotes {
  const watched = { ...scenario, scoring: { ...scenario.scoring, ages: [...ages] } };
  const moments = testMoments(watched, pricers, random, severity);
  return quotesAt(watched, pricers, moments, [design], random.fork("stream-noise"));
}

/** Ages from `from` to `to` in steps, all seconds. */
export function agesBetween(from: number, to: number, step: number): number[] {
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);
}

/** Says how far a long study is, lets the progress be drawn and an interrupt be heard. */
export async function breathe(
  { signal, advance }: Pick<StudyContext, "signal" | "advance">,
  done: number,
  total: number,
): Promise<void> {
  advance(done, total);
  await new Promise((resolve) => setImmediate(resolve));
  signal?.throwIfAborted();
}
