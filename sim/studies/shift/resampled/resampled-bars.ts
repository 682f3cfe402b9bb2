import { fitGarch, garchResiduals, simulateGarch, type GarchFit } from "../../../../src/processes/garch.ts";
import type { PriceBars } from "../../../../src/processes/history.ts";
import { resampleHistory } from "../../../../src/processes/resampled-history.ts";
import type { TimeWindow } from "../../../../src/processes/windows.ts";
import type { Random } from "../../../../src/random/random.ts";

/** Log moves of one bar: from the last close to its open, and from its open to high, low and close. */
type BarMoves = readonly [gap: number, high: number, low: number, close: number];

/** A law that bars are drawn from. */
export interface BarLaw {
  /** Moves of `steps` bars; path `path` is the same whatever else is drawn. */
  draw(steps: number, random: Random, path: number): BarMoves[];
}

/** What bars really did. */
export function recordedMoves(bars: PriceBars, rows: readonly number[]): BarMoves[] {
  return rows.map((row) => (row === 0 ? [0, 0, 0, 0] : movesOf(bars, row)));
}

/** Mean square of returns from close to close. */
export function meanSquare(bars: PriceBars, rows: readonly number[]): number {
  const known = rows.filter((row) => row > 0);
  return known.reduce((sum, i) => sum + Math.log(bars.closes[i] / bars.closes[i - 1]) ** 2, 0) / known.length;
}

/** Blocks of a window's own bars, in runs of geometric length: what happened, in another order. */
export function blockLaw(bars: PriceBars, window: TimeWindow, meanBlock: number): BarLaw {
  const rows = rowsIn(bars, window).filter((i) => i > 0);
  const columns = [0, 1, 2, 3].map((part) => Float64Array.from(rows, (i) => movesOf(bars, i)[part]));
  return {
    draw(steps, random, path) {
      const drawn = resampleHistory(columns, steps, meanBlock, random, path);
      return Array.from({ length: steps }, (_, i): BarMoves => [drawn[0][i], drawn[1][i], drawn[2][i], drawn[3][i]]);
    },
  };
}

/**
 * Filtered history: a GJR of the window's returns from close to close, its own residuals drawn one by one. Bars have no
 * more range than their open and close.
 * @param start - variance of a bar's return that paths start from
 */
export function filteredLaw(returns: Float64Array, fit: GarchFit, start: number): BarLaw {
  const residuals = garchResiduals(returns, fit);
  return {
    draw(steps, random, path) {
      const { returns: drawn } = simulateGarch(fit.parameters, start, steps, random.fork("path", path), residuals);
      return Array.from(drawn, (move): BarMoves => [0, Math.max(0, move), Math.min(0, move), move]);
    },
  };
}

/** GJR of a window's returns with those returns. */
export function fitWindow(bars: PriceBars, window: TimeWindow): { returns: Float64Array; fit: GarchFit } {
  const rows = rowsIn(bars, window).filter((i) => i > 0);
  const returns = Float64Array.from(rows, (i) => Math.log(bars.closes[i] / bars.closes[i - 1]));
  return { returns, fit: fitGarch(returns, true) };
}

/** Indices of the bars that start in a window. */
export function rowsIn({ times }: PriceBars, { from, to }: TimeWindow): number[] {
  return [...times.keys()].filter((i) => times[i] >= from && times[i] < to);
}

/**
 * Bars with a record's own times, weekends and holes included, and drawn moves in the place of its own.
 * @param price - open of the first bar
 */
export function drawnBars(
  bars: PriceBars,
  rows: readonly number[],
  moves: readonly BarMoves[],
  price: number,
): PriceBars {
  const columns = {
    times: new Float64Array(rows.length),
    opens: new Float64Array(rows.length),
    highs: new Float64Array(rows.length),
    lows: new Float64Array(rows.length),
    closes: new Float64Array(rows.length),
  };
  let last = Math.log(price);
  rows.forEach((row, i) => {
    const [gap, high, low, close] = moves[i];
    const open = last + (i === 0 ? 0 : gap);
    columns.times[i] = bars.times[row];
    columns.opens[i] = Math.exp(open);
    columns.highs[i] = Math.exp(open + high);
    columns.lows[i] = Math.exp(open + low);
    last = open + close;
    columns.closes[i] = Math.exp(last);
  });
  return { source: `${bars.source}, resampled`, barSeconds: bars.barSeconds, ...columns };
}

function movesOf({ opens, highs, lows, closes }: PriceBars, i: number): BarMoves {
  const open = Math.log(opens[i]);
  return [
    open - Math.log(closes[i - 1]),
    Math.log(highs[i]) - open,
    Math.log(lows[i]) - open,
    Math.log(closes[i]) - open,
  ];
}
