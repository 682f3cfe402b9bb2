import type { FeatureTable, QuoteSet } from "./pricing-model.ts";

/** Realised vols whose level tells the surface's. */
const levels = ["shortVol", "longVol"] as const;

/** Least and largest realised vols that training saw, annualised. */
export type RealisedRange = Readonly<Record<(typeof levels)[number], readonly [number, number]>>;

/** Realised vol under which its logarithm says nothing more. */
const LEAST_VOL = 0.01;

/** Ranges over the rows before `to`; what is no finite number is left out, and without any nothing lies outside. */
export function realisedRange({ features }: QuoteSet, to: number): RealisedRange {
  const rangeOf = (name: (typeof levels)[number]): readonly [number, number] => {
    const seen = features[name].subarray(0, to).filter(Number.isFinite);
    return seen.length === 0 ? [0, Infinity] : [Math.min(...seen), Math.max(...seen)];
  };
  return { shortVol: rangeOf("shortVol"), longVol: rangeOf("longVol") };
}

/**
 * How far each row's realised vols lie outside what training saw, in log vol, the larger of both; 0 inside.
 *
 * Sixty days of one path see a part of what calm can be: half of fresh calm paths start outside. How a surface's level goes
 * on there cannot be learned. Vols follow realised ones by between nothing and one for one, so that whoever extrapolates
 * errs by no more than this much of ln vol, and it is what a learned model adds to its standard deviation.
 */
export function logVolBeyond(range: RealisedRange, at: FeatureTable): Float64Array {
  return Float64Array.from({ length: at.count }, (_, row) =>
    levels.reduce((most, name) => {
      const log = Math.log(Math.max(LEAST_VOL, at[name][row]));
      const [low, high] = range[name];
      return Math.max(most, Math.log(Math.max(LEAST_VOL, low)) - log, log - Math.log(Math.max(LEAST_VOL, high)));
    }, 0),
  );
}
