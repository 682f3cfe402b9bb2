/** A value this many times its neighbours', or this fraction of them, is a slip of the unit, not a market. */
export const SLIP_FACTOR = 4;
/** A value put back by a power of ten has to come as near to its neighbours as this factor. */
const FIT_FACTOR = 1.5;
const POWERS = [1, 2, 3, 4, 6, 8, 9, 12, 18];

/** Whether a value is off a reference by more than the slip's factor. Unchecked: what is no number is no slip. */
export function isSlip(value: number, reference: number): boolean {
  return value > reference * SLIP_FACTOR || value * SLIP_FACTOR < reference;
}

/** The power of ten that takes a value to its reference, or undefined where none does. Unchecked. */
export function rescaling(value: number, reference: number): number | undefined {
  const near = (scaled: number) => scaled < reference * FIT_FACTOR && scaled * FIT_FACTOR > reference;
  const factors = POWERS.flatMap((power) => [10 ** power, 10 ** -power]);
  return factors.find((factor) => near(value * factor));
}

/** Median of the values from two before to two after a place. Unchecked: the reader has told which are numbers. */
export function medianAround(values: ArrayLike<number>, at: number): number {
  const around: number[] = [];
  for (let i = Math.max(0, at - 2); i < Math.min(values.length, at + 3); i++) around.push(values[i]);
  return around.sort((a, b) => a - b)[Math.floor(around.length / 2)];
}
