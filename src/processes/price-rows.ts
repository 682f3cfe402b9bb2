import type { DataFaults } from "./data-faults.ts";
import { LEFT_OUT } from "./data-faults.ts";
import { isSlip, medianAround, rescaling, SLIP_FACTOR } from "./unit-slips.ts";

/** A row of a price file while it is checked. */
export interface PriceRow {
  readonly line: number;
  /** Unix seconds. */
  readonly time: number;
  /** Open, high, low, close. */
  prices: readonly number[];
  isFaulty: boolean;
}

export const PRICES = ["open", "high", "low", "close"] as const;
const CLOSE = 3;
/** After a hole of this many seconds a level may be another one. */
const FORGETS = 7 * 86_400;
/** Returns before and after a print that tell how far prices move here. */
const NEARBY = 50;
/**
 * A close that leaves and comes back at once, each way by more than this log return and this many times the median move
 * nearby, to within this share of the way, is a bad print. Recorded crashes of ETH, BTC and the S&P 500 stay under it.
 */
const PRINT = { move: 0.1, times: 20, back: 0.25 };
/** A high or low this far off its open and close is one too. */
const WICK = { move: 0.3, times: 40 };

/** Fields that slipped by a power of ten or more, and levels that change unit for good. */
export function findUnitSlips(ordered: readonly PriceRow[], faults: DataFaults): void {
  const sound = ordered.filter((row) => !row.isFaulty);
  const closes = sound.map(({ prices }) => prices[CLOSE]);
  sound.forEach((row, i) => {
    const reference = medianAround(closes, i);
    const slipped = PRICES.filter((_, j) => isSlip(row.prices[j], reference));
    if (slipped.length === 0) return;
    const factors = row.prices.map((price) => (isSlip(price, reference) ? rescaling(price, reference) : 1));
    const what = `${slipped.join(", ")} is off its neighbours by a factor above ${SLIP_FACTOR}`;
    const rule = factors.includes(undefined)
      ? faults.add(row.line, `${what} (a bad print?)`)
      : faults.add(row.line, `${what} (a unit slip?)`, [...LEFT_OUT, "rescale"]);
    if (rule === "rescale") row.prices = row.prices.map((price, j) => price * factors[j]!);
    else row.isFaulty = true;
  });
  findOtherUnits(
    sound.filter((row) => !row.isFaulty),
    faults,
  );
}

/** From where the whole level is a power of ten off what came before, all that follows is rescaled, or nothing is taken. */
function findOtherUnits(sound: readonly PriceRow[], faults: DataFaults): void {
  let factor = 1;
  for (const [i, row] of sound.entries()) {
    const before = sound[i - 1];
    row.prices = factor === 1 ? row.prices : row.prices.map((price) => price * factor);
    if (before === undefined || row.time - before.time > FORGETS) continue;
    if (!isSlip(row.prices[CLOSE], before.prices[CLOSE])) continue;
    const power = rescaling(row.prices[CLOSE], before.prices[CLOSE]);
    const rule = faults.add(
      row.line,
      `the level changes for good by a factor above ${SLIP_FACTOR} (another unit?)`,
      power === undefined ? [] : ["rescale"],
    );
    if (rule !== "rescale") continue;
    factor *= power!;
    row.prices = row.prices.map((price) => price * power!);
  }
}

/** Closes that leave and come back at once, and highs and lows far from both open and close. */
export function findBadPrints(ordered: readonly PriceRow[], faults: DataFaults): void {
  const sound = ordered.filter((row) => !row.isFaulty);
  const logs = sound.map(({ prices }) => Math.log(prices[CLOSE]));
  const moves = logs.map((log, i) => (i === 0 ? 0 : Math.abs(log - logs[i - 1])));
  sound.forEach((row, i) => {
    const [open, high, low, close] = row.prices;
    const wick = Math.max(Math.log(high / Math.max(open, close)), Math.log(Math.min(open, close) / low));
    const [there, back] = i > 0 && i + 1 < logs.length ? [logs[i] - logs[i - 1], logs[i + 1] - logs[i]] : [0, 0];
    const way = there * back < 0 ? Math.min(Math.abs(there), Math.abs(back)) : 0;
    if (wick <= WICK.move && way <= PRINT.move) return;
    const usual = medianNear(moves, i);
    if (way > Math.max(PRINT.move, PRINT.times * usual) && Math.abs(there + back) < PRINT.back * way) {
      row.isFaulty = true;
      faults.add(row.line, "close leaves its neighbours and comes back at once (a bad print?)");
    } else if (wick > Math.max(WICK.move, WICK.times * usual)) {
      row.isFaulty = true;
      faults.add(row.line, "high or low is far off open and close (a bad print?)");
    }
  });
}

function medianNear(moves: readonly number[], at: number): number {
  const near = moves.slice(Math.max(1, at - NEARBY), at + NEARBY + 1).sort((a, b) => a - b);
  return near[Math.floor(near.length / 2)];
}
