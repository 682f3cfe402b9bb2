import { learnedInputNames } from "../../../../src/models/learned-inputs.ts";
import type { Random } from "../../../../src/random/random.ts";
import type { MarketQuotes } from "../../../experiment/generalisation/quotes.ts";

/** When a driver moves quoted vols: always; less and less under stress; the other way round there; never. */
export type DriverKind = "stable" | "calm only" | "flips" | "never";

/** A column of the feature table that may drive vols beside the market's own model. */
export interface Driver {
  readonly feature: "orderFlow" | "utilisation" | "rateDifferential" | "baseFee" | "volOfVol" | "jumpShare";
  readonly kind: DriverKind;
  /** Position among the inputs of learned models. */
  readonly input: number;
  /** The column's value at a state of so many calm standard deviations. */
  readonly valueAt: (state: number) => number;
}

/** What drives quoted vols by construction; the columns that never do are independent noise here. */
export const drivers: readonly Driver[] = [
  driver("orderFlow", "orderFlow", "stable", (state) => 0.1 * state),
  driver("utilisation", "utilisation", "stable", (state) => 0.5 + 0.1 * state),
  driver("rateDifferential", "rateDifferential", "calm only", (state) => 0.02 * state),
  driver("baseFee", "ln(1 + baseFee)", "flips", (state) => Math.expm1(3 + 0.5 * state)),
  driver("volOfVol", "volOfVol", "never", (state) => 0.5 + 0.1 * state),
  driver("jumpShare", "jumpShare", "never", (state) => 0.2 + 0.05 * state),
];

/** Vol that a driver adds for each calm standard deviation of it. */
export const EFFECT = 0.03;
/** Correlation of a driver with itself a moment, in training a day, before. */
const PERSISTENCE = 0.5;
/** No quote is lower, vol. */
const LOWEST = 0.05;

function driver(
  feature: Driver["feature"],
  input: (typeof learnedInputNames)[number],
  kind: DriverKind,
  valueAt: Driver["valueAt"],
): Driver {
  return { feature, kind, input: learnedInputNames.indexOf(input), valueAt };
}

/** Vol that a driver of this kind adds for each calm standard deviation at a severity. */
export function effectAt(kind: DriverKind, severity: number): number {
  const shares: Readonly<Record<DriverKind, number>> = {
    stable: 1,
    "calm only": 1 - severity,
    flips: 1 - 2 * severity,
    never: 0,
  };
  return EFFECT * shares[kind];
}

/**
 * The market's quotes with drivers of their own on each moment, true and quoted vols moved by what drives. The drivers'
 * states share their numbers across severities; under stress they lie 1 + severity times as far from their means.
 */
export function withDrivers(quotes: MarketQuotes, severity: number, random: Random): MarketQuotes {
  const columns = Object.fromEntries(drivers.map(({ feature }) => [feature, new Float64Array(quotes.clean.length)]));
  const shift = new Float64Array(quotes.clean.length);
  const states = new Float64Array(drivers.length);
  let moment = -1;
  for (let row = 0; row < shift.length; row++) {
    if (row === 0 || quotes.time[row] !== quotes.time[row - 1]) {
      moment++;
      drivers.forEach((_, d) => {
        const fresh = random.normal(moment, d);
        states[d] = moment === 0 ? fresh : PERSISTENCE * states[d] + Math.sqrt(1 - PERSISTENCE ** 2) * fresh;
      });
    }
    drivers.forEach(({ feature, kind, valueAt }, d) => {
      const state = (1 + severity) * states[d];
      columns[feature][row] = valueAt(state);
      shift[row] += effectAt(kind, severity) * state;
    });
  }
  const moved = (vols: Float64Array) => vols.map((vol, row) => Math.max(LOWEST, vol + shift[row]));
  return {
    ...quotes,
    features: { ...quotes.features, ...columns },
    clean: moved(quotes.clean),
    target: moved(quotes.target),
  };
}
