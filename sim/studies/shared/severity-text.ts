import type { CensoredInterval } from "../../../src/statistics/turnbull.ts";

/** A severity as text: `0.47`; `≤ 0` and `> 1` off the dial. */
export function severityText(severity: number): string {
  return severity < 0 ? "≤ 0" : severity > 1 ? "> 1" : severity.toFixed(2);
}

/** A severity known to lie in an interval, as text: its middle, or the end of the dial beyond which it lies. */
export function severityWithin({ low, high }: CensoredInterval): string {
  if (low === -Infinity) return severityText(low);
  return severityText(high === Infinity ? high : (low + high) / 2);
}

/** Difference of two severities of which an interval is known: `+0.13`, `> +0.06`, `unknown`. */
export function shiftText({ low, high }: CensoredInterval): string {
  if (low === -Infinity) return high === Infinity ? "unknown" : `< ${signed(high)}`;
  return high === Infinity ? `> ${signed(low)}` : signed((low + high) / 2);
}

/** Ends of an interval of such a difference: `[−0.06, +0.19]`, with `−∞` and `∞`. */
export function shiftEndsText({ low, high }: CensoredInterval): string {
  return `[${low === -Infinity ? "−∞" : signed(low)}, ${high === Infinity ? "∞" : signed(high)}]`;
}

function signed(value: number): string {
  const digits = Math.abs(value).toFixed(2);
  return digits === "0.00" ? digits : `${value < 0 ? "−" : "+"}${digits}`;
}
