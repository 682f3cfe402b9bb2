import type { CsvTable } from "./csv-table.ts";
import { findColumns, parseCsvTable, toNumber, toUnixSeconds } from "./csv-table.ts";
import type { DataFault, RepairRule } from "./data-faults.ts";
import { DataFaults } from "./data-faults.ts";

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
  readonly repair: RepairRule | "none";
  /** Rows removed, and bars put in by forward filling. */
  readonly droppedRows: number;
  readonly filledBars: number;
}

/** A price this many times its neighbours', or this fraction of them, is a slip of the unit, not a market. */
const SLIP_FACTOR = 4;
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
const PRICES = ["open", "high", "low", "close"] as const;

/** What a file calls its columns, where it is none of the usual names. */
export type PriceColumns = Partial<Record<keyof typeof COLUMN_NAMES, string>>;

interface Row {
  readonly line: number;
  readonly time: number;
  /** Open, high, low, close. */
  readonly prices: readonly number[];
  isFaulty: boolean;
}

/**
 * Reads price bars from CSV text: columns by name, or Binance klines without a header.
 *
 * Empty or unreadable fields, prices that are not positive, high below low, duplicate or backward times and slips of
 * the unit are faults: they are refused, or repaired by a named rule. `drop` leaves faulty rows out; `forward-fill` puts
 * a flat bar at the last close in their place and into gaps. Rows with a duplicate or backward time are left out
 * under both. Gaps are no fault of the file and are reported; a window with a gap in it is refused by its user.
 * @param where - the file's name, for messages
 * @param named - columns that the file calls otherwise
 * @throws {UserError} for a file without the columns, without rows, or with faults and no repair
 */
export function parsePriceHistory(
  where: string,
  text: string,
  repair?: RepairRule,
  named: PriceColumns = {},
): { readonly bars: PriceBars; readonly quality: DataQuality } {
  const table = parseCsvTable(where, text, (record) => Number.isNaN(toUnixSeconds(record[0])));
  const columns = columnsOf(table, named);
  const rows = readRows(table, columns);
  const faults = new DataFaults();
  findFieldFaults(table, columns, rows, faults);
  const ordered = findTimeFaults(rows, faults);
  findUnitSlips(ordered, faults);
  if (repair === undefined) faults.refuse(where, "drop");
  const sound = ordered.filter((row) => !row.isFaulty);
  if (sound.length < 2) {
    faults.add(table.lines[0], "the file has fewer than two rows without a fault");
    faults.refuse(where, "drop");
  }
  const barSeconds = commonestStep(sound);
  const kept = repair === "forward-fill" ? forwardFilled(sound, barSeconds) : sound;
  const gaps = findGaps(kept, barSeconds);
  return {
    bars: toBars(where, kept, barSeconds),
    quality: {
      rows: rows.length,
      faults: faults.list(),
      gaps,
      missingBars: gaps.reduce((sum, gap) => sum + Math.round((gap.to - gap.from) / barSeconds), 0),
      repair: repair ?? "none",
      droppedRows: rows.length - sound.length,
      filledBars: kept.length - sound.length,
    },
  };
}

function columnsOf(table: CsvTable, named: PriceColumns): Record<"time" | (typeof PRICES)[number], number> {
  if (table.header === undefined) return BINANCE_COLUMNS;
  const given = Object.entries(named).map(([name, title]) => [name, [title]]);
  return findColumns(table, { ...COLUMN_NAMES, ...(Object.fromEntries(given) as Partial<typeof COLUMN_NAMES>) });
}

function readRows(table: CsvTable, columns: ReturnType<typeof columnsOf>): Row[] {
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
  rows: Row[],
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

/** Rows whose time is known and later than all before. */
function findTimeFaults(rows: readonly Row[], faults: DataFaults): Row[] {
  const ordered: Row[] = [];
  let last = -Infinity;
  for (const row of rows) {
    if (Number.isNaN(row.time)) continue;
    if (row.time <= last) {
      row.isFaulty = true;
      faults.add(row.line, row.time === last ? "time repeats the row before" : "time goes back");
      continue;
    }
    last = row.time;
    ordered.push(row);
  }
  return ordered;
}

/** Prices a factor away from the median of the closes around them, and levels that change by such a factor for good. */
function findUnitSlips(ordered: readonly Row[], faults: DataFaults): void {
  const sound = ordered.filter((row) => !row.isFaulty);
  const isSlip = (price: number, reference: number): boolean =>
    price > reference * SLIP_FACTOR || price * SLIP_FACTOR < reference;
  sound.forEach((row, i) => {
    const around = sound.slice(Math.max(0, i - 2), i + 3).map(({ prices }) => prices[3]);
    const median = around.sort((a, b) => a - b)[Math.floor(around.length / 2)];
    const slipped = PRICES.filter((_, j) => isSlip(row.prices[j], median));
    if (slipped.length > 0) {
      row.isFaulty = true;
      faults.add(
        row.line,
        `${slipped.join(", ")} is off its neighbours by a factor above ${SLIP_FACTOR} (a unit slip?)`,
      );
    }
  });
  const level = sound.filter((row) => !row.isFaulty);
  for (let i = 1; i < level.length; i++) {
    if (!isSlip(level[i].prices[3], level[i - 1].prices[3])) continue;
    level[i].isFaulty = true;
    faults.add(level[i].line, `the level changes for good by a factor above ${SLIP_FACTOR} (another unit?)`);
  }
}

function commonestStep(rows: readonly Row[]): number {
  const counts = new Map<number, number>();
  let best = rows[1].time - rows[0].time;
  for (let i = 1; i < rows.length; i++) {
    const step = rows[i].time - rows[i - 1].time;
    counts.set(step, (counts.get(step) ?? 0) + 1);
    if (counts.get(step)! > (counts.get(best) ?? 0)) best = step;
  }
  return best;
}

function findGaps(rows: readonly Row[], barSeconds: number): DataGap[] {
  const gaps: DataGap[] = [];
  for (let i = 1; i < rows.length; i++) {
    const due = rows[i - 1].time + barSeconds;
    if (rows[i].time > due) gaps.push({ from: due, to: rows[i].time });
  }
  return gaps;
}

function forwardFilled(rows: readonly Row[], barSeconds: number): Row[] {
  const filled: Row[] = [];
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

function toBars(source: string, rows: readonly Row[], barSeconds: number): PriceBars {
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
