import { medianInterval } from "../../../src/statistics/median-interval.ts";
import { mean } from "../../../src/statistics/moments.ts";
import { tInterval } from "../../../src/statistics/t-interval.ts";

/** No interval is shown of fewer replicates. */
export const FEWEST_REPLICATES = 6;

/** A value with its 95 % interval; null where there are too few replicates for one. */
export interface Measured {
  readonly y: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

const nothing: Measured = { y: null, low: null, high: null };

/** Median over replicates with its order-statistic interval; what is no number is left out. */
export function medianOf(values: readonly number[]): Measured {
  const present = values.filter(Number.isFinite);
  if (present.length < FEWEST_REPLICATES) return nothing;
  const { median, low, high } = medianInterval(present);
  return { y: median, low, high };
}

/** Mean over replicates with its t interval, kept within `range`; no interval where the values do not vary. */
export function meanOf(values: readonly number[], range: readonly [number, number] = [-Infinity, Infinity]): Measured {
  const present = values.filter(Number.isFinite);
  if (present.length < FEWEST_REPLICATES) return nothing;
  if (present.every((value) => value === present[0])) return { y: mean(present), low: null, high: null };
  const { mean: y, low, high } = tInterval(present);
  return { y, low: Math.max(range[0], low), high: Math.min(range[1], high) };
}

/** `61 % [55, 67]`. */
export function shareText({ y, low, high }: Measured): string {
  const whole = (value: number) => `${Math.round(100 * value)}`.replace(/^-/, "−");
  return y === null
    ? "unknown"
    : `${whole(y)} %${low === null || high === null ? "" : ` [${whole(low)}, ${whole(high)}]`}`;
}

/** `0.71 [0.66, 0.75]`. */
export function decimalText({ y, low, high }: Measured, digits = 2): string {
  const text = (value: number) => value.toFixed(digits).replace(/^-/, "−");
  return y === null ? "unknown" : `${text(y)}${low === null || high === null ? "" : ` [${text(low)}, ${text(high)}]`}`;
}

/**
 * The least and the greatest of several, so that an answer stays a sentence however many models there are:
 * `0.2 [0.1, 0.3] (ridge) to 4.5 [4.1, 5.0] (constant)`.
 */
export function rangeText<Named>(
  items: readonly Named[],
  nameOf: (item: Named) => string,
  measure: (item: Named) => Measured,
  text: (measured: Measured) => string,
): string {
  const known = items
    .map((item) => ({ name: nameOf(item), measured: measure(item) }))
    .filter(({ measured }) => measured.y !== null)
    .sort((a, b) => a.measured.y! - b.measured.y!);
  const told = ({ name, measured }: (typeof known)[number]) => `${text(measured)} (${name})`;
  if (known.length === 0) return "unknown (too few draws)";
  return known.length === 1 ? told(known[0]) : `${told(known[0])} to ${told(known.at(-1)!)}`;
}

/** In the place of a place that is none. */
const NOT_SHOWN = "not shown";

/**
 * Where each of several breaks, those that break at one place together: `4 (realised-vol, ridge), not shown (constant)`; a
 * place alone where it is that of all.
 * @param places - name, and the place where it breaks; undefined where none is shown
 */
export function placesText(places: readonly (readonly [string, string | undefined])[]): string {
  const names = new Map<string, string[]>();
  for (const [name, at = NOT_SHOWN] of places) names.set(at, [...(names.get(at) ?? []), name]);
  const parts = [...names].sort(([a], [b]) => Number(a === NOT_SHOWN) - Number(b === NOT_SHOWN));
  return parts.length === 1 ? parts[0][0] : parts.map(([at, those]) => `${at} (${those.join(", ")})`).join(", ");
}
