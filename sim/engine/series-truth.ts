import type { Series } from "../../src/protocol/actions.ts";
import { blackPrice } from "../../src/pricing/black-scholes.ts";
import { YEAR_SECONDS } from "../../src/time/year.ts";
import type { RunWorld } from "./run-world.ts";

/** True price (USD) and implied vol by series index; after expiry intrinsic value and NaN. */
export interface SeriesTruth {
  readonly prices: Float64Array;
  readonly vols: Float64Array;
}

/**
 * The truth of every series at a time.
 * @param settled - settlement price (USD) of an expiry that has one: what an expired claim is worth from then on
 */
export function seriesTruth(
  { truth }: RunWorld,
  series: readonly Series[],
  time: number,
  settled: (expiry: number) => number | undefined = () => undefined,
): SeriesTruth {
  const spot = truth.spotAt(time);
  const vols = new Float64Array(series.length);
  const prices = new Float64Array(series.length);
  const known = new Map<string, number>();
  for (const [index, { expiry, strike, isCall }] of series.entries()) {
    if (time >= expiry) {
      const price = settled(expiry) ?? spot;
      vols[index] = Number.NaN;
      prices[index] = Math.max(0, isCall ? price - strike : strike - price);
      continue;
    }
    // Calls and puts of a strike have one vol.
    const key = `${expiry}|${strike}`;
    let vol = known.get(key);
    if (vol === undefined) known.set(key, (vol = truth.truthVol(expiry, strike, isCall, time)));
    vols[index] = vol;
    prices[index] = blackPrice(isCall, spot, strike, (expiry - time) / YEAR_SECONDS, vol);
  }
  return { prices, vols };
}
