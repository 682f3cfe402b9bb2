import type { BreakingPoint } from "../results/generalisation.ts";

/** What stands where a value does not exist. */
export const absent = "–";

const grouped = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** A plain number with as many digits as its size deserves; thousands are grouped. */
export function number(value: number | null, digits = 1): string {
  if (value === null) return absent;
  if (Math.abs(value) >= 1e7) return value.toExponential(1).replace("e+", "e");
  if (Math.abs(value) >= 1000) return minus(grouped.format(value));
  const text = value.toFixed(Math.abs(value) >= 100 ? Math.min(digits, 0) : digits);
  return minus(Number(text) === 0 ? text.replace("-", "") : text);
}

/** A p-value: four digits, and a bound where they would all be zero. */
export function probability(value: number | null): string {
  return value !== null && value < 0.0001 ? "< 0.0001" : number(value, 4);
}

/** Stars of an adjusted p-value below 0.05, 0.01 and 0.001; nothing above. */
export function significance(pValue: number | null): string {
  if (pValue === null) return "";
  return [0.05, 0.01, 0.001].map((level) => (pValue < level ? "*" : "")).join("");
}

/** A share of one as a percentage: 0.053 is `5.3 %`. */
export function percent(value: number | null, digits = 1): string {
  return value === null ? absent : `${number(value * 100, digits)} %`;
}

/** USD without cents. */
export function usd(value: number | null): string {
  return value === null ? absent : number(Math.round(value), 0);
}

/** A share with its interval as percentages, the unit once: `27.0 % [18.5, 35.5]`. */
export function percentInterval(centre: number | null, low: number | null, high: number | null): string {
  if (centre === null) return absent;
  const bounds = interval(low, high, (value) => number(value * 100));
  return `${percent(centre)} ${bounds === "" ? "[n < 6]" : bounds}`;
}

/** `[low, high]`, or nothing when there is no interval. */
export function interval(low: number | null, high: number | null, format: (value: number) => string): string {
  return low === null || high === null ? "" : `[${format(low)}, ${format(high)}]`;
}

/** A mean or median with its interval; says so when the sample is too small for one. */
export function withInterval(
  centre: number | null,
  low: number | null,
  high: number | null,
  format: (value: number) => string,
): string {
  if (centre === null) return absent;
  const bounds = interval(low, high, format);
  return `${format(centre)} ${bounds === "" ? "[n < 6]" : bounds}`;
}

/** The severity at which a model breaks, censored values as bounds. */
export function breaksAt(point: BreakingPoint | null): string {
  if (point === null) return absent;
  if (point.censored === "above-1") return "> 1";
  if (point.censored === "at-or-below-0") return "≤ 0";
  const digits = (value: number) => number(value, 2);
  return `${number(point.median, 2)} ${interval(point.low, point.high, digits)}`.trim();
}

/** Seconds as hours or days in words: 3600 is `1 h`. */
export function age(seconds: number): string {
  if (seconds < 3600) return `${number(seconds / 60, 0)} min`;
  if (seconds < 172_800) return `${number(seconds / 3600, seconds % 3600 === 0 ? 0 : 1)} h`;
  return `${number(seconds / 86_400, seconds % 86_400 === 0 ? 0 : 1)} d`;
}

/** Unix seconds as a UTC date and time without seconds. */
export function utc(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ");
}

/** Unix seconds as a UTC date. */
export function utcDate(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}

/** The days of a window whose end is exclusive, both included. */
export function utcDays({ from, to }: { readonly from: number; readonly to: number }): string {
  return `${utcDate(from)} to ${utcDate(to - 1)}`;
}

/** `a, b and c`. */
export function list(items: readonly string[]): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}

/** Sets of runs by name, or how many of them where naming all would tire. */
export function cellsText(cells: readonly string[], all: number): string {
  if (cells.length === all) return "any set of runs";
  return cells.length > 3 ? `${cells.length} of ${plural(all, "set")} of runs` : list(cells);
}

/** A count with its noun: `1 model`, `4 models`. */
export function plural(count: number, noun: string): string {
  return `${number(count, 0)} ${noun}${count === 1 ? "" : "s"}`;
}

function minus(text: string): string {
  return text.replace(/^-/, "−");
}

/** A condition number: digits below a thousand, from there on a power of ten; a dash for none. */
export function conditionText(condition: number | null): string {
  if (condition === null) return absent;
  return condition < 1000 ? condition.toFixed(0) : condition.toExponential(1);
}
