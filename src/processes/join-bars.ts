import { UserError } from "../errors/user-error.ts";
import type { PriceBars } from "./history.ts";
import { requireBars } from "./history.ts";

const COLUMNS = ["times", "opens", "highs", "lows", "closes"] as const;

/**
 * Files of one series, one after the other. Gaps between them are gaps of the whole.
 * @param parts - in ascending time
 * @returns the bars unchanged, one after the other
 * @throws {UserError} when there is no file, or one begins before the one ahead of it ends, or has bars of another length
 */
export function joinBars(parts: readonly PriceBars[]): PriceBars {
  const [first, ...others] = parts;
  if (first === undefined) throw new UserError({ where: "bars", what: "there are no files to join" });
  parts.forEach(requireBars);
  return others.reduce((before, after) => {
    if (after.barSeconds !== before.barSeconds) {
      throw new UserError({
        where: after.source,
        what: `has bars of ${after.barSeconds} s, ${before.source} of ${before.barSeconds} s`,
      });
    }
    const end = before.times[before.times.length - 1] + before.barSeconds;
    if (!(after.times[0] >= end)) {
      throw new UserError({
        where: after.source,
        what: `begins before ${before.source} ends`,
        expected: "files in ascending time without overlap",
      });
    }
    return extended(before, after);
  }, first);
}

/**
 * Bars continued by single prices, such as the index beside option quotes where no bars are at hand: a flat bar at each
 * price later than the last bar, and nothing between them.
 * @param times - Unix seconds, ascending
 * @param prices - in the bars' currency
 * @throws {ProcessParameterError} of bars that are none
 * @throws {UserError} of a price that is none, a time out of order, or columns of different lengths
 */
export function extendWithPrices(bars: PriceBars, times: readonly number[], prices: readonly number[]): PriceBars {
  requireBars(bars);
  const end = bars.times[bars.times.length - 1] + bars.barSeconds;
  times.forEach((time, i) => {
    if (prices[i] > 0 && prices[i] < Infinity && time > (i > 0 ? times[i - 1] : -Infinity) && time < Infinity) return;
    throw new UserError({
      where: bars.source,
      what: `cannot go on with the price ${prices[i]} at Unix second ${time}`,
    });
  });
  const later = times.flatMap((time, i) => (time >= end ? [i] : []));
  const values = Float64Array.from(later, (i) => prices[i]);
  const flat = { opens: values, highs: values, lows: values, closes: values };
  return extended(bars, { ...bars, ...flat, times: Float64Array.from(later, (i) => times[i]) });
}

function extended(before: PriceBars, after: PriceBars): PriceBars {
  const columns = COLUMNS.map((name) => [name, concatenated(before[name], after[name])]);
  const source = before.source === after.source ? before.source : `${before.source} and ${after.source}`;
  return { ...before, ...(Object.fromEntries(columns) as Pick<PriceBars, (typeof COLUMNS)[number]>), source };
}

function concatenated(a: Float64Array, b: Float64Array): Float64Array {
  const joined = new Float64Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
