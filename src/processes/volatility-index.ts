import { UserError } from "../errors/user-error.ts";
import { blackPrice } from "../pricing/black-scholes.ts";
import { findColumns, parseCsvTable, toNumber, toUnixSeconds } from "./csv-table.ts";
import type { RepairRule } from "./data-faults.ts";
import { DataFaults } from "./data-faults.ts";
import type { PriceBars } from "./history.ts";
import type { QuoteSnapshot } from "./quotes.ts";

const TIME_NAMES = ["time_utc", "time", "timestamp", "datetime", "date"];
const DAY_SECONDS = 86_400;

/** A recorded index of implied volatility. */
export interface VolatilityIndex {
  /** Start of each bar, Unix seconds, ascending. */
  readonly times: Float64Array;
  /** Annualised, 1 = 100 %. */
  readonly vols: Float64Array;
  /** Rows left out by a repair. */
  readonly droppedRows: number;
}

/**
 * Reads an index of implied volatility from CSV text.
 * @param where - the file's name, for messages
 * @param column - title of the column of the index
 * @param unit - value of the column that is a vol of 1: 100 for an index in percent
 * @throws {UserError} for a file without the columns, or with faults (no number, a vol outside 1 % to 1,000 %, time that
 * repeats or goes back) and no repair `drop`
 */
export function parseVolatilityIndex(
  where: string,
  text: string,
  column: string,
  unit: number,
  repair?: RepairRule,
): VolatilityIndex {
  const table = parseCsvTable(where, text, () => true);
  const columns = findColumns(table, { time: TIME_NAMES, index: [column] });
  const faults = new DataFaults();
  const times: number[] = [];
  const vols: number[] = [];
  table.rows.forEach((fields, i) => {
    const time = toUnixSeconds(fields[columns.time]);
    const vol = toNumber(fields[columns.index]) / unit;
    const what = faultOf(time, vol, times[times.length - 1] ?? -Infinity);
    if (what !== undefined) return faults.add(table.lines[i], what);
    times.push(time);
    vols.push(vol);
  });
  if (repair === undefined) faults.refuse(where, "drop");
  if (times.length === 0) throw new UserError({ where, what: "has no row without a fault" });
  return {
    times: Float64Array.from(times),
    vols: Float64Array.from(vols),
    droppedRows: table.rows.length - times.length,
  };
}

function faultOf(time: number, vol: number, last: number): string | undefined {
  if (Number.isNaN(time)) return "time is no UTC time";
  if (!Number.isFinite(vol)) return "the index is no number";
  if (vol < 0.01 || vol > 10) return "the index is outside 1 % to 1,000 % (another unit?)";
  return time > last ? undefined : "time repeats or goes back";
}

/**
 * The index as option quotes: at each of its times one option at the money whose vol is the index. It says nothing of
 * strikes, so no smile can be learnt from it; and it is the square root of a strip's variance, which lies a little above
 * the vol at the money.
 * @param tenorDays - days that the index looks ahead
 * @param bars - prices of the underlying; times outside them are left out
 */
export function indexSnapshots(
  { times, vols }: VolatilityIndex,
  tenorDays: number,
  bars: PriceBars,
): readonly QuoteSnapshot[] {
  const snapshots: QuoteSnapshot[] = [];
  let bar = -1;
  const end = bars.times[bars.times.length - 1] + bars.barSeconds;
  times.forEach((time, i) => {
    while (bar + 1 < bars.times.length && bars.times[bar + 1] <= time) bar++;
    if (bar < 0 || time >= end) return;
    const spot = bars.opens[bar];
    const expiry = time + tenorDays * DAY_SECONDS;
    const mark = blackPrice(false, spot, spot, tenorDays / 365, vols[i]);
    const at = { expiry, isCall: false, strike: spot, forward: spot, index: spot, openInterest: 0 };
    snapshots.push({ time, quotes: [{ ...at, markVol: vols[i], bid: mark, ask: mark, mark }] });
  });
  return snapshots;
}
