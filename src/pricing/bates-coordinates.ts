import type { BatesParameters } from "./bates-parameters.ts";
import { logistic, toLogit } from "./logit.ts";

/** Bates's parameters with today's variance beside them. */
export interface BatesState extends BatesParameters {
  /** Annualised variance today. */
  readonly variance: number;
}

/** Name, range and whether the range is measured in logarithms. */
export type Coordinate = readonly [keyof BatesState, number, number, boolean];

/** Those that leave the diffusion's exponents alone come first: derivatives in them are cheap. */
const levelCoordinates: readonly Coordinate[] = [
  ["variance", 1e-4, 16, true],
  ["theta", 1e-4, 16, true],
];
const jumpCoordinates: readonly Coordinate[] = [
  ["jumpIntensity", 0.01, 100, true],
  ["jumpMean", -1, 1, false],
  ["jumpSd", 0.005, 1, true],
];
const diffusionCoordinates: readonly Coordinate[] = [
  ["kappa", 0.05, 60, true],
  ["volOfVol", 0.01, 20, true],
  ["rho", -0.99, 0.99, false],
];
export const hestonCoordinates = [...levelCoordinates, ...diffusionCoordinates];
export const batesCoordinates = [...levelCoordinates, ...jumpCoordinates, ...diffusionCoordinates];

/** Share of a range within which a parameter counts as held by its end. */
const AT_BOUND = 5e-3;

/** Each parameter's place in its range, as a logit. Unchecked, for calibrations. */
export function toCoordinates(state: BatesState, coordinates: readonly Coordinate[]): Float64Array {
  return Float64Array.from(coordinates, ([name, low, high, isLog]) => {
    const share = isLog ? Math.log(state[name] / low) / Math.log(high / low) : (state[name] - low) / (high - low);
    return toLogit(Math.min(0.99, Math.max(0.01, share)));
  });
}

/** Inverse of {@link toCoordinates}; parameters that no coordinate moves are none. Unchecked, for calibrations. */
export function toState(x: ArrayLike<number>, coordinates: readonly Coordinate[]): BatesState {
  const state = { variance: 0, kappa: 1, theta: 0, volOfVol: 0, rho: 0, jumpIntensity: 0, jumpMean: 0, jumpSd: 0 };
  coordinates.forEach(([name, low, high, isLog], j) => {
    const share = logistic(x[j]);
    state[name] = isLog ? low * Math.pow(high / low, share) : low + share * (high - low);
  });
  return state;
}

/** Names of the parameters that the ends of their ranges hold. Unchecked, for calibrations. */
export function activeBounds(x: ArrayLike<number>, coordinates: readonly Coordinate[]): string[] {
  return coordinates.filter((_, j) => Math.abs(logistic(x[j]) - 0.5) > 0.5 - AT_BOUND).map(([name]) => name);
}
