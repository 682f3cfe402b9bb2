import { blackVega } from "../../src/pricing/black-scholes.ts";
import { YEAR_SECONDS } from "../../src/time/year.ts";
import type { RunRecord } from "../engine/run-record.ts";

/** What traders met: the vault's spread, the sizes that it dealt in, and the shorts that margin let stand. */
export interface Dealing {
  /** Mean distance of the traded vol from the vault's own, vol points; NaN where nothing was traded. */
  readonly halfSpread: number;
  /** Largest vega of a trade that opened a position, USD per vol point. */
  readonly largestOpening: number;
  /** Most contracts short in margin accounts at the end of a block. */
  readonly peakShorts: number;
}

export function dealingOf({ blocks }: RunRecord): Dealing {
  let [distance, trades, largestOpening, peakShorts] = [0, 0, 0, 0];
  for (const { events, view, time } of blocks) {
    const ofShorts = new Set(events.flatMap((event) => (event.kind === "short-changed" ? [event.transaction] : [])));
    for (const event of events) {
      if (event.kind !== "traded") continue;
      distance += Math.abs(event.tradeVol - event.markVol);
      trades++;
      const series = view.series.find(({ id }) => id === event.id);
      const years = series === undefined ? 0 : (series.expiry - time) / YEAR_SECONDS;
      // The vault sells to who opens a long and to who closes a short.
      const isOpening = event.size > 0 !== ofShorts.has(event.transaction);
      if (series === undefined || years <= 0 || !isOpening) continue;
      const vega = blackVega(event.spot, series.strike, years, event.markVol);
      largestOpening = Math.max(largestOpening, (Math.abs(event.size) * vega) / 100);
    }
    let shorts = 0;
    for (const account of view.accounts.values()) for (const size of account.shorts) shorts += size;
    peakShorts = Math.max(peakShorts, shorts);
  }
  return { halfSpread: (100 * distance) / trades, largestOpening, peakShorts };
}
