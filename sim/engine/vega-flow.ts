import { blackVega } from "../../src/pricing/black-scholes.ts";
import type { Series } from "../../src/protocol/actions.ts";
import type { ProtocolEvent } from "../../src/protocol/events.ts";
import { YEAR_SECONDS } from "../../src/time/year.ts";

/** Signed vega that traders bought from the vault in a block, USD per 1.00 of vol. */
export function vegaBought(events: readonly ProtocolEvent[], series: readonly Series[], now: number): number {
  let bought = 0;
  for (const event of events) {
    if (event.kind !== "traded") continue;
    const { strike, expiry } = series.find(({ id }) => id === event.id)!;
    bought += event.size * blackVega(event.spot, strike, Math.max(0, expiry - now) / YEAR_SECONDS, event.markVol);
  }
  return bought;
}
