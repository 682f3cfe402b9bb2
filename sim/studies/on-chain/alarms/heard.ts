import { median } from "../../../../src/statistics/moments.ts";

/** Median hours from onset to the first alarm, with how many heard it; `–` where nobody listens. */
export function medianOfHeard(alarmsAt: readonly (number | undefined)[], onset: number): string {
  const listening = alarmsAt.filter((at) => at !== undefined);
  if (listening.length === 0) return "–";
  const heard = listening.filter((at) => !Number.isNaN(at)).map((at) => (at - onset) / 3600);
  const share = `${heard.length} of ${listening.length}`;
  if (2 * heard.length <= listening.length) return `${share} heard`;
  // Who never heard is later than all who did, so that any stand-in beyond them leaves the median where it is.
  const beyond = Math.max(...heard) + 1;
  const delays = [...heard, ...Array.from({ length: listening.length - heard.length }, () => beyond)];
  return `${median(delays).toFixed(1)} (${share})`;
}
