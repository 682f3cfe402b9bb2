import type { QuoteSet, ReturnHistory } from "./pricing-model.ts";

const DAY = 86_400;
/** Share of grid steps without a move from which on prices are daily. */
const MOSTLY_STILL = 0.5;
/** Ratio of the variance of days to that of their steps from which on steps are parts of one move. */
const LARGEST_VARIANCE_RATIO = 2;

/**
 * Returns that the histories of calm rows before `to` hold, each once, oldest first. Where histories do not continue
 * each other (days of another path mixed into calm), the last day of the newcomer is taken.
 */
export function calmReturns({ features }: QuoteSet, to: number): Float64Array {
  const parts: Float64Array[] = [];
  let previous: ReturnHistory | undefined;
  for (let row = 0; row < to; row++) {
    const history = features.returns[row];
    if (history === previous || history.values.length === 0) continue;
    parts.push(previous === undefined ? history.values : newReturns(previous, history));
    previous = history;
  }
  return Float64Array.from(parts.flatMap((part) => Array.from(part)));
}

function newReturns({ end: before }: ReturnHistory, { end, step, values }: ReturnHistory): Float64Array {
  const count = Math.round((end - before) / step);
  const isNext = count >= 0 && count <= values.length;
  return values.slice(values.length - (isNext ? count : Math.min(values.length, DAY / step)));
}

/**
 * Grid steps that returns are taken over: one, or those of a day where the data are daily, so that most steps are still
 * or are pieces of one move filled in between two closes.
 */
export function returnPeriod(values: Float64Array, step: number): number {
  const perDay = DAY / step;
  const still = values.reduce((count, value) => count + (value === 0 ? 1 : 0), 0);
  const sumOf = (squares: Float64Array) => squares.reduce((sum, value) => sum + value, 0);
  const whole = values.subarray(values.length % perDay);
  const days = blockReturns(whole, perDay).map((value) => value * value);
  const isFilled = sumOf(days) > LARGEST_VARIANCE_RATIO * sumOf(whole.map((value) => value * value));
  return still > MOSTLY_STILL * values.length || isFilled ? perDay : 1;
}

/** A history with returns over `period` of its steps each. */
export function coarser({ step, end, values }: ReturnHistory, period: number): ReturnHistory {
  return { step: step * period, end, values: blockReturns(values, period) };
}

/** Sums of `size` returns each, the last block ending with the series; what is left over at its start is dropped. */
export function blockReturns(values: Float64Array, size: number): Float64Array {
  if (size === 1) return values;
  const blocks = Math.floor(values.length / size);
  const first = values.length - blocks * size;
  return Float64Array.from({ length: blocks }, (_, block) => {
    let sum = 0;
    for (let i = 0; i < size; i++) sum += values[first + block * size + i];
    return sum;
  });
}

/** Sums of squares of `size` returns each, as {@link blockReturns}. */
export function blockSquares(values: Float64Array, size: number): Float64Array {
  return blockReturns(
    values.map((value) => value * value),
    size,
  );
}
