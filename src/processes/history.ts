import { UserError } from "../errors/user-error.ts";
import type { CsvTable } from "./csv-table.ts";
import { commonest, findColumns, parseCsvTable, timeUnitOf, toNumber, toUnixSeconds } from "./csv-table.ts";
import type { DataFault, RepairRule, Repairs } from "./data-faults.ts";
import { DataFaults, LEFT_OUT, rulesOf } from "./data-faults.ts";
import { ProcessParameterError } from "./process-parameter-error.ts";
import { findBadPrints, findUnitSlips, PRICES, type PriceRow } from "./price-rows.ts";

/** Price bars as columns, in ascending time. */
export interface PriceBars {
  /** Name of the file they came from. */
  readonly source: string;
  /** Start of each bar, Unix seconds. */
  readonly times: Float64Array;
  /** USD (or the file's quote currency). */
  readonly opens: Float64Array;
  readonly highs: Float64Array;
  readonly lows: Float64Array;
  readonly closes: Float64Array;
  /** Spacing of the bars, seconds: the commonest one. */
  readonly barSeconds: number;
}

/** @throws {ProcessParameterError} of bars without a row, with columns of different lengths, or what is no time or price */
export function requireBars({ source, barSeconds, ...columns }: PriceBars): void {
  const refuse = (what: string): never => {
    throw new ProcessParameterError("bars", `${source} has ${what}`);
  };
  const { times } = columns;
  if (times.length === 0) refuse("no bars");
  if (!(barSeconds > 0 && barSeconds < Infinity)) refuse(`a spacing of ${barSeconds} s`);
  for (const [name, column] of Object.entries(columns)) {
    if (column.length !== times.length) refuse(`${column.length} ${name} for ${times.length} times`);
    for (let i = 0; i < times.length; i++) {
      const least = name === "times" ? (i > 0 ? times[i - 1] : -Infinity) : 0;
      if (!(column[i] > least && column[i] < Infinity)) refuse(`${column[i]} among its ${name}, at bar ${i}`);
    }
  }
}

/** A hole in the bars. */
export interface DataGap {
  /** Start of the first missing bar, and of the next bar there is; Unix seconds. */
  readonly from: number;
  readonly to: number;
}

/** What was found in a price file and what was done about it. */
export interface DataQuality {
  readonly rows: number;
  readonly faults: readonly DataFault[];
  readonly gaps: readonly DataGap[];
  /** Bars that gaps leave out. */
  readonly missingBars: number;
  /** Rules that were allowed. */
  readonly repairs: readonly RepairRule[];
  /** Rows removed, and bars put in by forward filling. */
  readonly droppedRows: number;
  readonly filledBars: number;
  /** Most bars in a row in which nothing moved at all: a feed that stood still, or bars that somebody filled in. */
  readonly stillBars: number;
}

/** Names that files give their columns. */
const COLUMN_NAMES = {
  time: ["time_utc", "date_utc", "open_time", "time", "timestamp", "datetime", "date", "unix"],
  open: ["open"],
  high: ["high"],
  low: ["low"],
  close: ["close"],
} as const;
/** Binance klines without a header: open time in milliseconds (microseconds since 2025), then the prices. */
const BINANCE_COLUMNS = { time: 0, open: 1, high: 2, low: 3, close: 4 };

/** What a file calls its columns, where it is none of the usual names. */
export type PriceColumns = Partial<Record<keyof typeof COLUMN_NAMES, string>>;

/**
 * Reads price bars from CSV text: columns by name, or Binance klines without a header.
 *
 * Faults are empty or unreadable fields, prices that are not positive, high below low, duplicate or backward times, times
 * in another unit than most, slips of the unit, levels that change unit for good, and bad prints. They are refused, or
 * repaired by the rules that are allowed. Gaps are no fault of the file and are reported; a window with a gap in it is
 * refused by its user.
 * @param where - the file's name, for messages
 * @param named - columns that the file calls otherwise
 * @throws {UserError} for a file without the columns, without rows, or with faults that no allowed rule repairs
 */
export function parsePriceHistory(
  where: string,
  text: string,
  repairs?: Repairs,
  named: PriceColumns = {},
): { readonly bars: PriceBars; readonly quality: DataQuality } {
  const table = parseCsvTable(where, text, (record) => Number.isNaN(toUnixSeconds(record[0])));
  const columns = columnsOf(table, named);
  const rows = readRows(table, columns);
  const faults = new DataFaults(repairs);
  findFieldFaults(table, columns, rows, faults);
  findTimeUnits(table, columns.time, rows, faults);
  const ordered = findTimeFaults(rows, faults);
  findUnitSlips(ordered, faults);
  findBadPrints(ordered, faults);
  faults.refuse(where);
  const sound = ordered.filter((row) => !row.isFaulty);
  if (sound.length < 2) {
    throw new UserError({ where, what: "has fewer than two rows without a fault" });
  }
  const barSeconds = commonestStep(sound);
  const rules = rulesOf(repairs);
  const kept = rules.includes("forward-fill") ? forwardFilled(sound, barSeconds) : sound;
  const gaps = findGaps(kept, barSeconds);
  return {
    bars: toBars(where, kept, barSeconds),
    quality: {
      rows: rows.length,
      faults: faults.list(),
      gaps,
      missingBars: gaps.reduce((sum, gap) => sum + Math.round((gap.to - gap.from) / barSeconds), 0),
      repairs: rules,
      droppedRows: rows.length - sound.length,
      filledBars: kept.length - sound.length,
      stillBars: longestStill(sound.map(stillness)),
    },
  };
}

function columnsOf(table: CsvTable, named: PriceColumns): Record<"time" | (typeof PRICES)[number], number> {
  if (table.header === undefined) return BINANCE_COLUMNS;
  const given = Object.entries(named).map(([name, title]) => [name, [title]]);
  return findColumns(table, { ...COLUMN_NAMES, ...(Object.fromEntries(given) as Partial<typeof COLUMN_NAMES>) });
}

function readRows(table: CsvTable, columns: ReturnType<typeof columnsOf>): PriceRow[] {
  return table.rows.map((fields, i) => ({
    line: table.lines[i],
    time: toUnixSeconds(fields[columns.time]),
    prices: PRICES.map((name) => toNumber(fields[columns[name]])),
    isFaulty: false,
  }));
}

function findFieldFaults(
  table: CsvTable,
  columns: ReturnType<typeof columnsOf>,
  rows: PriceRow[],
  faults: DataFaults,
): void {
  rows.forEach((row, i) => {
    const fault = (what: string): void => {
      row.isFaulty = true;
      faults.add(row.line, what);
    };
    const describe = (name: keyof typeof columns): string => {
      const field = table.rows[i][columns[name]];
      return field === undefined || field === "" ? "is empty" : "is no number";
    };
    if (Number.isNaN(row.time)) {
      const isEmpty = describe("time") === "is empty";
      return fault(`time ${isEmpty ? "is empty" : "is no UTC time"} (column ${columns.time + 1})`);
    }
    for (const [j, name] of PRICES.entries()) {
      const price = row.prices[j];
      if (!Number.isFinite(price)) return fault(`${name} ${describe(name)} (column ${columns[name] + 1})`);
      if (price <= 0) return fault(`${name} is not positive (column ${columns[name] + 1})`);
    }
    const [open, high, low, close] = row.prices;
    if (high < low) return fault("high is below low");
    if (high < Math.max(open, close) || low > Math.min(open, close)) fault("open or close is outside low and high");
  });
}

/** Times in another unit than most of the file are told by their size, which is a reading and no certainty. */
function findTimeUnits(table: CsvTable, column: number, rows: readonly PriceRow[], faults: DataFaults): void {
  const units = rows.map(({ time }, i) => (Number.isNaN(time) ? undefined : timeUnitOf(table.rows[i][column])));
  const usual = commonest(units.filter((unit) => unit !== undefined));
  rows.forEach((row, i) => {
    const unit = units[i];
    if (unit === undefined || unit === usual) return;
    const rule = faults.add(row.line, `time is in ${unit}, most of the file in ${usual}`, ["rescale", ...LEFT_OUT]);
    if (rule !== "rescale") row.isFaulty = true;
  });
}

/** Rows whose time is known and later than all before; put in order first, where that is allowed. */
function findTimeFaults(rows: readonly PriceRow[], faults: DataFaults): PriceRow[] {
  const known = rows.filter(({ time, isFaulty }) => !(isFaulty || Number.isNaN(time)));
  const sorted = findBackwardRows(known, faults);
  const ordered: PriceRow[] = [];
  for (const row of sorted) {
    const last = ordered.at(-1);
    if (last !== undefined && row.time <= last.time) {
      if (row.time === last.time) {
        const same = row.prices.every((price, j) => price === last.prices[j]);
        faults.add(row.line, `time repeats the row before${same ? "" : ", with other prices"}`);
      }
      row.isFaulty = true;
    } else ordered.push(row);
  }
  return ordered;
}

/** Notes the rows that go back in time; all rows, in order where the rule `sort` is allowed. */
function findBackwardRows(rows: readonly PriceRow[], faults: DataFaults): readonly PriceRow[] {
  let latest = -Infinity;
  let isSorted = false;
  for (const row of rows) {
    if (row.time < latest) isSorted = faults.add(row.line, "time goes back", [...LEFT_OUT, "sort"]) === "sort";
    latest = Math.max(latest, row.time);
  }
  return isSorted ? rows.toSorted((a, b) => a.time - b.time || a.line - b.line) : rows;
}

/** Most values in a row that equal the one before them. */
export function longestStill(values: readonly number[]): number {
  let longest = 0;
  let run = 0;
  values.forEach((value, i) => {
    run = i > 0 && value === values[i - 1] ? run + 1 : 0;
    longest = Math.max(longest, run);
  });
  return longest;
}

/** The price of a bar in which nothing moved; else no number, which equals none. */
function stillness({ prices }: PriceRow): number {
  return prices.every((price) => price === prices[3]) ? prices[3] : Number.NaN;
}

function commonestStep(rows: readonly PriceRow[]): number {
  const counts = new Map<number, number>();
  let best = rows[1].time - rows[0].time;
  for (let i = 1; i < rows.length; i++) {
    const step = rows[i].time - rows[i - 1].time;
    counts.set(step, (counts.get(step) ?? 0) + 1);
    if (counts.get(step)! > (counts.get(best) ?? 0)) best = step;
  }
  return best;
}

function findGaps(rows: readonly PriceRow[], barSeconds: number): DataGap[] {
  const gaps: DataGap[] = [];
  for (let i = 1; i < rows.length; i++) {
    const due = rows[i - 1].time + barSeconds;
    if (rows[i].time > due) gaps.push({ from: due, to: rows[i].time });
  }
  return gaps;
}

function forwardFilled(rows: readonly PriceRow[], barSeconds: number): PriceRow[] {
  const filled: PriceRow[] = [];
  for (const row of rows) {
    const last = filled.at(-1);
    if (last !== undefined) {
      const close = last.prices[3];
      for (let time = last.time + barSeconds; time < row.time; time += barSeconds) {
        filled.push({ line: row.line, time, prices: [close, close, close, close], isFaulty: false });
      }
    }
    filled.push(row);
  }
  return filled;
}

function toBars(source: string, rows: readonly PriceRow[], barSeconds: number): PriceBars {
  const column = (j: number): Float64Array => Float64Array.from(rows, ({ prices }) => prices[j]);
  return {
    source,
    times: Float64Array.from(rows, ({ time }) => time),
    opens: column(0),
    highs: column(1),
    lows: column(2),
    closes: column(3),
    barSeconds,
  };
}
