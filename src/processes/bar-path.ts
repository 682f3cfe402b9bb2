import type { PriceBars } from "./history.ts";
import { requireBars } from "./history.ts";
import { ProcessParameterError } from "./process-parameter-error.ts";

/**
 * Prices on an even grid, one path through the bars.
 *
 * Within a bar of n grid steps the path visits the open (step 0), the extreme nearer to the open (n/3), the other
 * extreme (2n/3) and the close (n - 1), in straight lines of the log price. Bars of fewer than four steps visit, in this
 * order, what there is room for: open and close, then the extreme further from the open. A gap holds the last close.
 * @param from - Unix seconds, within the bars
 * @param steps - entry i of the result is the price at `from + i * stepSeconds`
 * @param stepSeconds - divides the bars' spacing
 * @returns USD, or whatever the bars are in
 * @throws {ProcessParameterError} of a grid that is none, one that starts before the bars, or bars that are none
 */
export function sampleBars(bars: PriceBars, from: number, steps: number, stepSeconds: number): Float64Array {
  requireBars(bars);
  const isGrid =
    Number.isInteger(steps) &&
    steps >= 0 &&
    steps <= 1e8 &&
    stepSeconds > 0 &&
    stepSeconds < Infinity &&
    bars.barSeconds <= 1e8 * stepSeconds;
  if (!(isGrid && from >= bars.times[0] && from < Infinity)) {
    const what = `${steps} steps of ${stepSeconds} s from Unix second ${from} on ${bars.source}`;
    throw new ProcessParameterError("bar path", what);
  }
  const prices = new Float64Array(steps + 1);
  const perBar = Math.max(1, Math.round(bars.barSeconds / stepSeconds));
  const shape = new Float64Array(perBar);
  let bar = -1;
  let next = bars.times.findLastIndex((time) => time <= from);
  for (let i = 0; i <= steps; i++) {
    const time = from + i * stepSeconds;
    while (next < bars.times.length && bars.times[next] <= time) {
      bar = next++;
      shapeBar(bars, bar, shape);
    }
    const step = Math.floor((time - bars.times[bar]) / stepSeconds);
    prices[i] = step < perBar ? shape[step] : bars.closes[bar];
  }
  return prices;
}

/** Writes the path within one bar. */
function shapeBar(bars: PriceBars, bar: number, shape: Float64Array): void {
  const n = shape.length;
  const [open, high, low, close] = [bars.opens[bar], bars.highs[bar], bars.lows[bar], bars.closes[bar]];
  const isHighNearer = high - open < open - low;
  const [nearer, further] = isHighNearer ? [high, low] : [low, high];
  const knots: [number, number][] = [[0, open]];
  if (n >= 4) knots.push([Math.round(n / 3), nearer], [Math.round((2 * n) / 3), further]);
  else if (n === 3) knots.push([1, further]);
  if (n >= 2) knots.push([n - 1, close]);
  for (let k = 0; k < knots.length; k++) {
    const [start, price] = knots[k];
    const [end, target] = knots[k + 1] ?? [n, price];
    for (let step = start; step < end; step++) {
      shape[step] = price * (target / price) ** ((step - start) / (end - start));
    }
    shape[start] = price;
  }
}
