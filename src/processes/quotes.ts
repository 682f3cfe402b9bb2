import { UserError } from "../errors/user-error.ts";
import { blackPrice } from "../pricing/black-scholes.ts";
import { YEAR_SECONDS } from "../time/year.ts";
import type { CsvTable } from "./csv-table.ts";
import { findColumns, parseCsvTable, toNumber, toUnixSeconds } from "./csv-table.ts";
import type { DataFault, RepairRule, Repairs } from "./data-faults.ts";
import { DataFaults, LEFT_OUT, rulesOf } from "./data-faults.ts";
import type { DataGap } from "./history.ts";

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

/** What was found in a quotes file and what was done about it. */
export interface QuoteQuality {
  readonly rows: number;
  readonly faults: readonly DataFault[];
  /** Rules that were allowed. */
  readonly repairs: readonly RepairRule[];
  readonly droppedRows: number;
  readonly snapshots: number;
  /** Holes of more than two days between snapshots. */
  readonly gaps: readonly DataGap[];
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
/** A single mark is faulty that is off by more coins than this and by more than this share of Black's price. */
const BAD_MARK = { coins: 3e-3, share: 0.25 };
/** Strikes and spot indices further from the forward than these factors are in another unit. */
const FURTHEST_STRIKE = 20;
const FURTHEST_INDEX = 1.25;
const LONGEST_GAP = 2 * 86_400;

/** A quote without a fault of its fields. */
interface ReadQuote {
  readonly line: number;
  readonly time: number;
  readonly quote: OptionQuote;
}

/**
 * Reads a file of Deribit option quotes, one row per quote, into snapshots in ascending time.
 *
 * Unreadable fields, crossed quotes, vols outside 1 % to 1,000 %, prices, strikes and indices in another unit, marks that
 * are not Black's price of their vol, expired options, repeated ones and snapshots that go back in time are faults; they
 * are refused, or left out under the rule `drop` (quotes cannot be filled forward). `sort` puts snapshots in order.
 * @param where - the file's name, for messages
 * @throws {UserError} for a file without the columns or rows, with faults that no allowed rule repairs, or with other
 * units throughout
 */
export function parseOptionQuotes(
  where: string,
  text: string,
  repairs?: Repairs,
): { readonly snapshots: readonly QuoteSnapshot[]; readonly quality: QuoteQuality } {
  const rules = rulesOf(repairs);
  if (rules.includes("forward-fill")) {
    throw new UserError({ where: "--repair", what: "forward-fill is no rule for option quotes", expected: "drop" });
  }
  const table = parseCsvTable(where, text, () => true);
  const columns = findColumns(table, COLUMN_NAMES);
  const faults = new DataFaults(rules);
  const read = readQuotes(table, columns, faults);
  const errors = read.map(markErrorOf);
  const medianMarkError = checkUnits(where, errors);
  const sound = read.filter(({ line, quote }, i) => {
    const what = unitFaultOf(quote, errors[i]);
    if (what !== undefined) faults.add(line, what);
    return what === undefined;
  });
  faults.refuse(where);
  const byTime = new Map<number, OptionQuote[]>();
  for (const { time, quote } of sound) {
    const quotes = byTime.get(time);
    if (quotes === undefined) byTime.set(time, [quote]);
    else quotes.push(quote);
  }
  if (byTime.size === 0) throw new UserError({ where, what: "has no quote without a fault" });
  const snapshots = [...byTime]
    .map(([time, quotes]) => ({ time, quotes: quotes.sort(byExpiryAndStrike) }))
    .sort((a, b) => a.time - b.time);
  return {
    snapshots,
    quality: {
      rows: table.rows.length,
      faults: faults.list(),
      repairs: rules,
      droppedRows: table.rows.length - sound.length,
      snapshots: snapshots.length,
      gaps: gapsBetween(snapshots),
      medianMarkError,
    },
  };
}

/** Quotes whose fields hold, each option once a snapshot, and snapshots in order unless they may be sorted. */
function readQuotes(table: CsvTable, columns: Readonly<Record<ColumnName, number>>, faults: DataFaults): ReadQuote[] {
  const seen = new Set<string>();
  let latest = -Infinity;
  return table.rows.flatMap((fields, i) => {
    const line = table.lines[i];
    const field = (name: ColumnName): string => fields[columns[name]] ?? "";
    const time = toUnixSeconds(field("snapshot"));
    const quote = readQuote(field);
    const what = faultOf(field, columns, time, quote);
    if (what !== undefined) {
      faults.add(line, what);
      return [];
    }
    const key = `${time} ${quote.expiry} ${quote.strike} ${quote.isCall}`;
    if (seen.has(key)) {
      faults.add(line, "the option is quoted twice in its snapshot");
      return [];
    }
    seen.add(key);
    if (time < latest && faults.add(line, "the snapshot goes back in time", ["sort", ...LEFT_OUT]) !== "sort")
      return [];
    latest = Math.max(latest, time);
    return [{ line, time, quote }];
  });
}

/** Median distance of marks from Black's prices, coins. */
function checkUnits(where: string, errors: readonly number[]): number {
  if (errors.length === 0) return 0;
  const medianMarkError = [...errors].sort((a, b) => a - b)[Math.floor(errors.length / 2)];
  if (medianMarkError > LARGEST_MARK_ERROR) {
    throw new UserError({
      where,
      what: `marks are off their vols' Black prices by ${medianMarkError.toPrecision(2)} coins in the median`,
      expected: "bid, ask and mark in coins, mark_iv as a fraction, strike and forward in USD",
    });
  }
  return medianMarkError;
}

function gapsBetween(snapshots: readonly QuoteSnapshot[]): DataGap[] {
  return snapshots.slice(1).flatMap(({ time }, i) => {
    const from = snapshots[i].time;
    return time - from > LONGEST_GAP ? [{ from, to: time }] : [];
  });
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
  if (quote.bid > quote.ask) return "bid is above ask (a crossed quote)";
  if (quote.markVol < 0.01 || quote.markVol > 10) return `mark_iv is outside 1 % to 1,000 % ${at("markVol")}`;
  if (quote.expiry <= time) return "the option has expired before its snapshot";
  return undefined;
}

/** What looks like another unit in a quote whose fields hold; `error` is that of its mark, coins. */
function unitFaultOf({ forward, strike, index, ask, mark }: OptionQuote, error: number): string | undefined {
  const isFar = (value: number, factor: number) => Math.abs(Math.log(value / forward)) > Math.log(factor);
  if (isFar(strike, FURTHEST_STRIKE)) return "strike is far off its forward (another unit?)";
  if (isFar(index, FURTHEST_INDEX)) return "forward is far off the index (another unit?)";
  // A call never pays more than a coin, a put never more than its strike.
  if (ask > Math.max(forward, strike)) return "ask is more than the option can ever pay (another unit?)";
  const isBad = error > BAD_MARK.coins && error > BAD_MARK.share * (mark / forward);
  return isBad ? "mark is not Black's price of mark_iv (another unit?)" : undefined;
}

/** Distance of the mark from Black's price of the mark vol, coins. */
function markErrorOf({ time, quote }: ReadQuote): number {
  const { expiry, isCall, strike, mark, markVol, forward } = quote;
  const price = blackPrice(isCall, forward, strike, (expiry - time) / YEAR_SECONDS, markVol);
  return Math.abs(mark - price) / forward;
}

function byExpiryAndStrike(a: OptionQuote, b: OptionQuote): number {
  return a.expiry - b.expiry || a.strike - b.strike || Number(a.isCall) - Number(b.isCall);
}
