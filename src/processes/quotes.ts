import { UserError } from "../errors/user-error.ts";
import { blackPrice } from "../pricing/black-scholes.ts";
import { YEAR_SECONDS } from "../time/year.ts";
import { findColumns, parseCsvTable, toNumber, toUnixSeconds } from "./csv-table.ts";
import type { DataFault, RepairRule } from "./data-faults.ts";
import { DataFaults } from "./data-faults.ts";

/** A quoted option. */
export interface OptionQuote {
  /** Unix seconds; Deribit's options expire at 08:00 UTC. */
  readonly expiry: number;
  readonly isCall: boolean;
  /** USD. */
  readonly strike: number;
  /** USD per coin: the file's coins times the forward. */
  readonly bid: number;
  readonly ask: number;
  readonly mark: number;
  /** Vol of the exchange's mark, annualised, 1 = 100 %. */
  readonly markVol: number;
  /** USD; price of the (synthetic) future of the expiry. */
  readonly forward: number;
  /** USD; the exchange's spot index. */
  readonly index: number;
  /** Coins. */
  readonly openInterest: number;
}

/** All quotes taken at one time. */
export interface QuoteSnapshot {
  /** Unix seconds. */
  readonly time: number;
  /** By expiry, then strike, puts before calls. */
  readonly quotes: readonly OptionQuote[];
}

/** What was found in a quotes file. */
export interface QuoteQuality {
  readonly rows: number;
  readonly faults: readonly DataFault[];
  readonly droppedRows: number;
  /** Median |mark - Black price of the mark vol| in coins: tells that units are read rightly. */
  readonly medianMarkError: number;
}

const COLUMN_NAMES = {
  snapshot: ["snapshot_utc", "snapshot"],
  expiry: ["expiry_utc_0800", "expiry"],
  type: ["type"],
  strike: ["strike"],
  bid: ["bid"],
  ask: ["ask"],
  mark: ["mark"],
  markVol: ["mark_iv"],
  forward: ["forward"],
  index: ["index"],
  openInterest: ["oi", "open_interest"],
} as const;
type ColumnName = keyof typeof COLUMN_NAMES;
const NUMBERS: readonly ColumnName[] = ["strike", "bid", "ask", "mark", "markVol", "forward", "index", "openInterest"];

const EXPIRY_HOUR_SECONDS = 8 * 3600;
/** Marks further than this from Black's price, in coins and in the median, say that a unit is not what we take it for. */
const LARGEST_MARK_ERROR = 1e-3;

/**
 * Reads a file of Deribit option quotes, one row per quote, into snapshots in ascending time.
 *
 * Unreadable fields, bids above asks, vols outside 1 % to 1,000 %, expired options and repeated ones are faults; they
 * are refused, or left out under the rule `drop` (quotes cannot be filled forward).
 * @param where - the file's name, for messages
 * @throws {UserError} for a file without the columns or rows, with faults and no repair, or with other units
 */
export function parseOptionQuotes(
  where: string,
  text: string,
  repair?: RepairRule,
): { readonly snapshots: readonly QuoteSnapshot[]; readonly quality: QuoteQuality } {
  if (repair === "forward-fill") {
    throw new UserError({ where: "--repair", what: "forward-fill is no rule for option quotes", expected: "drop" });
  }
  const table = parseCsvTable(where, text, () => true);
  const columns = findColumns(table, COLUMN_NAMES);
  const faults = new DataFaults();
  const byTime = new Map<number, OptionQuote[]>();
  const seen = new Set<string>();
  const markErrors: number[] = [];
  table.rows.forEach((fields, i) => {
    const field = (name: ColumnName): string => fields[columns[name]] ?? "";
    const time = toUnixSeconds(field("snapshot"));
    const quote = readQuote(field);
    const key = `${time} ${quote.expiry} ${quote.strike} ${quote.isCall}`;
    const what =
      faultOf(field, columns, time, quote) ??
      (seen.has(key) ? "the option is quoted twice in its snapshot" : undefined);
    if (what !== undefined) return faults.add(table.lines[i], what);
    seen.add(key);
    markErrors.push(markError(time, quote));
    const quotes = byTime.get(time);
    if (quotes === undefined) byTime.set(time, [quote]);
    else quotes.push(quote);
  });
  if (repair === undefined) faults.refuse(where, "drop");
  if (markErrors.length === 0) throw new UserError({ where, what: "has no quote without a fault" });
  markErrors.sort((a, b) => a - b);
  const medianMarkError = markErrors[Math.floor(markErrors.length / 2)];
  if (medianMarkError > LARGEST_MARK_ERROR) {
    throw new UserError({
      where,
      what: `marks are off their vols' Black prices by ${medianMarkError.toPrecision(2)} coins in the median`,
      expected: "bid, ask and mark in coins, mark_iv as a fraction, strike and forward in USD",
    });
  }
  const snapshots = [...byTime].map(([time, quotes]) => ({ time, quotes: quotes.sort(byExpiryAndStrike) }));
  const droppedRows = table.rows.length - markErrors.length;
  return {
    snapshots: snapshots.sort((a, b) => a.time - b.time),
    quality: { rows: table.rows.length, faults: faults.list(), droppedRows, medianMarkError },
  };
}

function readQuote(field: (name: ColumnName) => string): OptionQuote {
  const forward = toNumber(field("forward"));
  const expiry = toUnixSeconds(field("expiry"));
  return {
    // A date alone is the day of an expiry at 08:00.
    expiry: field("expiry").length === 10 ? expiry + EXPIRY_HOUR_SECONDS : expiry,
    isCall: field("type") === "C",
    strike: toNumber(field("strike")),
    bid: toNumber(field("bid")) * forward,
    ask: toNumber(field("ask")) * forward,
    mark: toNumber(field("mark")) * forward,
    markVol: toNumber(field("markVol")),
    forward,
    index: toNumber(field("index")),
    openInterest: toNumber(field("openInterest")),
  };
}

function faultOf(
  field: (name: ColumnName) => string,
  columns: Readonly<Record<ColumnName, number>>,
  time: number,
  quote: OptionQuote,
): string | undefined {
  const at = (name: ColumnName): string => `(column ${columns[name] + 1})`;
  if (Number.isNaN(time)) return `snapshot is no UTC time ${at("snapshot")}`;
  if (Number.isNaN(quote.expiry)) return `expiry is no date ${at("expiry")}`;
  if (field("type") !== "C" && field("type") !== "P") return `type is neither C nor P ${at("type")}`;
  for (const name of NUMBERS) {
    const value = toNumber(field(name));
    if (!Number.isFinite(value)) return `${name} is ${field(name) === "" ? "empty" : "no number"} ${at(name)}`;
    if (value < 0 || (value === 0 && (name === "strike" || name === "forward" || name === "index"))) {
      return `${name} is not positive ${at(name)}`;
    }
  }
  if (quote.bid > quote.ask) return "bid is above ask";
  if (quote.markVol < 0.01 || quote.markVol > 10) return `mark_iv is outside 1 % to 1,000 % ${at("markVol")}`;
  if (quote.expiry <= time) return "the option has expired before its snapshot";
  return undefined;
}

/** Distance of the mark from Black's price of the mark vol, coins. */
function markError(time: number, { expiry, isCall, strike, mark, markVol, forward }: OptionQuote): number {
  const price = blackPrice(isCall, forward, strike, (expiry - time) / YEAR_SECONDS, markVol);
  return Math.abs(mark - price) / forward;
}

function byExpiryAndStrike(a: OptionQuote, b: OptionQuote): number {
  return a.expiry - b.expiry || a.strike - b.strike || Number(a.isCall) - Number(b.isCall);
}
