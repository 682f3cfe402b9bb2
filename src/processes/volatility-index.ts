import { UserError } from "../errors/user-error.ts";
import { blackPrice } from "../pricing/black-scholes.ts";
import { commonest, findColumns, parseCsvTable, toNumber, toUnixSeconds } from "./csv-table.ts";
import type { Repairs } from "./data-faults.ts";
import { DataFaults, LEFT_OUT, rulesOf } from "./data-faults.ts";
import { longestStill, requireBars, type DataQuality, type PriceBars } from "./history.ts";
import { ProcessParameterError } from "./process-parameter-error.ts";
import { isSlip, medianAround, rescaling } from "./unit-slips.ts";
import type { QuoteSnapshot } from "./quotes.ts";

const TIME_NAMES = ["time_utc", "time", "timestamp", "datetime", "date"];
const DAY_SECONDS = 86_400;
/** Medians of an index of implied vol outside these are a matter of units. */
const [LOWEST_LEVEL, HIGHEST_LEVEL] = [0.04, 4];

/** A recorded index of implied volatility. */
export interface VolatilityIndex {
  /** Start of each bar, Unix seconds, ascending. */
  readonly times: Float64Array;
  /** Annualised, 1 = 100 %. */
  readonly vols: Float64Array;
  readonly quality: DataQuality;
}

/**
 * Reads an index of implied volatility from CSV text.
 * @param where - the file's name, for messages
 * @param column - title of the column of the index
 * @param unit - value of the column that is a vol of 1: 100 for an index in percent
 * @throws {UserError} for a file without the columns, or another unit than stated, or faults (no number, a vol outside 1 % to
 * 1,000 % or off its neighbours, time that repeats or goes back) that no allowed rule repairs
 */
export function parseVolatilityIndex(
  where: string,
  text: string,
  column: string,
  unit: number,
  repairs?: Repairs,
): VolatilityIndex {
  const table = parseCsvTable(where, text, () => true);
  const columns = findColumns(table, { time: TIME_NAMES, index: [column] });
  const faults = new DataFaults(repairs);
  const rows = table.rows.map((fields, i) => ({
    line: table.lines[i],
    time: toUnixSeconds(fields[columns.time]),
    vol: toNumber(fields[columns.index]) / unit,
  }));
  const ordered = inOrder(
    rows.filter(({ line, time, vol }) => {
      const what = Number.isNaN(time) ? "time is no UTC time" : vol > 0 ? undefined : "the index is no positive number";
      if (what !== undefined) faults.add(line, what);
      return what === undefined;
    }),
    faults,
  );
  const sound = rescaled(where, ordered, faults);
  faults.refuse(where);
  if (sound.length === 0) throw new UserError({ where, what: "has no row without a fault" });
  const step = commonest(sound.slice(1).map(({ time }, i) => time - sound[i].time)) ?? 0;
  const gaps = sound.slice(1).flatMap(({ time }, i) => {
    const due = sound[i].time + step;
    return time > due ? [{ from: due, to: time }] : [];
  });
  return {
    times: Float64Array.from(sound, ({ time }) => time),
    vols: Float64Array.from(sound, ({ vol }) => vol),
    quality: {
      rows: rows.length,
      faults: faults.list(),
      gaps,
      missingBars: gaps.reduce((sum, { from, to }) => sum + Math.round((to - from) / step), 0),
      repairs: rulesOf(repairs),
      droppedRows: rows.length - sound.length,
      filledBars: 0,
      stillBars: longestStill(sound.map(({ vol }) => vol)),
    },
  };
}

interface IndexRow {
  readonly line: number;
  readonly time: number;
  readonly vol: number;
}

/** Rows in ascending time, each time once. */
function inOrder(rows: readonly IndexRow[], faults: DataFaults): IndexRow[] {
  let latest = -Infinity;
  let isSorted = false;
  for (const { line, time } of rows) {
    if (time < latest) isSorted = faults.add(line, "time goes back", [...LEFT_OUT, "sort"]) === "sort";
    latest = Math.max(latest, time);
  }
  latest = -Infinity;
  return (isSorted ? rows.toSorted((a, b) => a.time - b.time || a.line - b.line) : rows).filter(({ line, time }) => {
    if (time === latest) faults.add(line, "time repeats the row before");
    const isLater = time > latest;
    latest = Math.max(latest, time);
    return isLater;
  });
}

/** Rows without slips of the unit: off their neighbours, or outside what a vol can be. */
function rescaled(where: string, rows: readonly IndexRow[], faults: DataFaults): IndexRow[] {
  const vols = rows.map(({ vol }) => vol);
  const middle = [...vols].sort((a, b) => a - b)[Math.floor(vols.length / 2)];
  if (middle < LOWEST_LEVEL || middle > HIGHEST_LEVEL) {
    throw new UserError({
      where: `${where}:${rows[0].line}`,
      what: `the index is ${(100 * middle).toPrecision(2)} % in the median (another unit?)`,
      expected: "the unit that the column is in, percent or fraction",
    });
  }
  return rows.flatMap((row, i) => {
    const reference = medianAround(vols, i);
    const isOutside = row.vol < 0.01 || row.vol > 10;
    if (!isOutside && !isSlip(row.vol, reference)) return [row];
    const factor = rescaling(row.vol, reference);
    const rule = faults.add(
      row.line,
      isOutside
        ? "the index is outside 1 % to 1,000 % (another unit?)"
        : "the index is off its neighbours by a factor above 4 (a unit slip?)",
      factor === undefined ? LEFT_OUT : [...LEFT_OUT, "rescale"],
    );
    return rule === "rescale" ? [{ ...row, vol: row.vol * factor! }] : [];
  });
}

/**
 * The index as option quotes: at each of its times one option at the money whose vol is the index. It says nothing of
 * strikes, so no smile can be learnt from it; and it is the square root of a strip's variance, which lies a little above
 * the vol at the money.
 * @param tenorDays - days that the index looks ahead
 * @param bars - prices of the underlying; times outside them are left out
 * @throws {ProcessParameterError} of bars, a tenor or an index that are none
 */
export function indexSnapshots(
  { times, vols }: VolatilityIndex,
  tenorDays: number,
  bars: PriceBars,
): readonly QuoteSnapshot[] {
  requireBars(bars);
  if (!(tenorDays > 0 && tenorDays <= 36_500)) throw new ProcessParameterError("volatility index", `${tenorDays} days`);
  requireIndex(times, vols);
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

function requireIndex(times: Float64Array, vols: Float64Array): void {
  times.forEach((time, i) => {
    if (time > (i > 0 ? times[i - 1] : -Infinity) && time < Infinity && vols[i] > 0 && vols[i] <= 1e3) return;
    throw new ProcessParameterError("volatility index", `the vol ${vols[i]} at Unix second ${time}, entry ${i}`);
  });
}
