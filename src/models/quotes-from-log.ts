import { createFeatureTable, setFeatures, type MomentFeatures } from "./feature-pipeline.ts";
import { FeatureFeed } from "./feature-feed.ts";
import type { QuoteSet } from "./pricing-model.ts";
import { chainStateOf, type LoggedTrade, type TradeLog } from "./trade-log.ts";
import { tradedVol, tradeFailures, type TradeFailure, type TradePrice } from "./traded-vol.ts";
import { YEAR_SECONDS } from "../time/year.ts";

const DAY = 86_400;

/** Logs that no quotes can be made from: what is wrong, and where. */
export class TradeLogError extends Error {
  override readonly name = "TradeLogError";
  readonly what: string;
  readonly where: string;

  constructor(what: string, where: string) {
    super(`the logs hold no quotes: ${what} (${where})`);
    this.what = what;
    this.where = where;
  }
}

/** How logs become quotes. */
export interface LogQuoteSettings {
  readonly price: TradePrice;
  /**
   * Trades within this many seconds are one moment of the market: models that read a surface's level take it from the
   * quotes of a moment, and a block seldom has more than one trade. Each quote keeps the features of its own block.
   */
  readonly pooled: number;
}

/** Six hours, half the memory of the short realised volatility. */
export const defaultLogQuoteSettings: LogQuoteSettings = { price: "mid", pooled: 21_600 };

/** What was found in logs. */
export interface LogReading {
  readonly runs: number;
  readonly blocks: number;
  readonly rounds: number;
  readonly surfaces: number;
  readonly trades: number;
  /** Of them, those in which the vault sold. */
  readonly sold: number;
  /** Trades that say no vol, by why; `too-early`: before the feed had shown two prices. */
  readonly failures: Readonly<Record<TradeFailure | "too-early", number>>;
  /** Seconds from each run's first block to its last, summed. */
  readonly span: number;
  /** Of the quotes: ln(K/S), years to expiry, vol; lowest and highest. */
  readonly logMoneyness: readonly [number, number];
  readonly years: readonly [number, number];
  readonly vols: readonly [number, number];
  /** Most by which rounding can have moved a vol. */
  readonly resolution: number;
}

/** A trade that a quote was made from. */
export interface QuotedTrade {
  /** Place of its log. */
  readonly run: number;
  /** Of its block, Unix seconds. */
  readonly time: number;
  readonly trade: LoggedTrade;
}

/** Quotes with the trade behind each, and what was read. */
export interface LogQuotes {
  readonly quotes: QuoteSet;
  readonly trades: readonly QuotedTrade[];
  readonly reading: LogReading;
}

/** A trade that says a vol, with what stood when it was made. */
interface TradedQuote extends QuotedTrade {
  readonly moment: MomentFeatures;
  readonly vol: number;
  readonly resolution: number;
  /** To expiry. */
  readonly years: number;
  /** Seconds, runs one after the other. */
  readonly joinedTime: number;
}

/**
 * Features after each block of a log: those of the run itself, where `past` is the past that the run's features had.
 * There is no market surface in a log, so that `surfaceLevel` is missing (NaN).
 */
export function featuresAfterBlocks(log: TradeLog): MomentFeatures[] {
  const after: MomentFeatures[] = [];
  walk(
    log,
    () => undefined,
    (moment) => after.push(moment),
  );
  return after;
}

/**
 * Quotes to fit on from the logs of runs, one run after the other: each goes on at the day after the last. The target is
 * the vol implied by what was paid, the weight the size in contracts, the features those of the rounds on the chain at the
 * trade and of the state of the block before: a trade is no feature of itself. There is no clean surface (NaN).
 * @throws {TradeLogError} without any trade, or any that says a vol; for a block that is no later than the one before
 */
export function quotesFromLogs(
  logs: readonly TradeLog[],
  settings: LogQuoteSettings = defaultLogQuoteSettings,
): LogQuotes {
  const failures = Object.fromEntries([...tradeFailures, "too-early"].map((name) => [name, 0])) as Record<
    TradeFailure | "too-early",
    number
  >;
  const found: TradedQuote[] = [];
  const shifts = joiningShifts(logs);
  for (const [run, log] of logs.entries()) {
    checkOrder(log, run);
    walk(log, (trade, moment, time) => {
      const vol = Number.isFinite(moment.longVol) ? tradedVol(trade, time, log.terms, settings.price) : "too-early";
      if (typeof vol === "string") failures[vol]++;
      else {
        const years = (trade.expiry - time) / YEAR_SECONDS;
        found.push({ run, time, trade, moment, ...vol, years, joinedTime: time + shifts[run] });
      }
    });
  }
  const reading = readingOf(logs, found, failures);
  if (reading.trades === 0) throw new TradeLogError("no trade", `blocks: ${reading.blocks}, runs: ${logs.length}`);
  if (found.length === 0) {
    throw new TradeLogError("no trade says a vol", failureText(failures));
  }
  const trades = found.map(({ run, time, trade }) => ({ run, time, trade }));
  return { quotes: quoteSet(found, settings), trades, reading };
}

/** Seconds by which each log is moved, so that each begins on the day after the last of the one before. */
export function joiningShifts(logs: readonly TradeLog[]): number[] {
  let day = 0;
  return logs.map(({ start, blocks }) => {
    const shift = (day - Math.floor(start.time / DAY)) * DAY;
    day = Math.floor(((blocks.at(-1) ?? start).time + shift) / DAY) + 1;
    return shift;
  });
}

/** `3 no-vol, 1 at-floor`. */
export function failureText(failures: LogReading["failures"]): string {
  const named = Object.entries(failures).filter(([, count]) => count > 0);
  return named.length === 0 ? "none" : named.map(([name, count]) => `${count} ${name}`).join(", ");
}

/** Goes through a log as its run did: a block's rounds count for its trades, its state from the next block on. */
function walk(
  { past, start, blocks }: TradeLog,
  onTrade: (trade: LoggedTrade, moment: MomentFeatures, time: number) => void,
  onBlock: (moment: MomentFeatures) => void = () => undefined,
): void {
  const feed = new FeatureFeed(past);
  feed.chain(chainStateOf({ ...start, trades: [] }));
  for (const block of blocks) {
    feed.posted(block.rounds);
    if (block.trades.length > 0) {
      const moment = feed.at(block.time);
      for (const trade of block.trades) onTrade(trade, moment, block.time);
    }
    feed.chain(chainStateOf(block));
    onBlock(feed.at(block.time));
  }
}

function checkOrder({ start, blocks }: TradeLog, run: number): void {
  for (const [place, { time }] of blocks.entries()) {
    const before = place === 0 ? start.time : blocks[place - 1].time;
    if (!(time > before)) throw new TradeLogError(`a block at ${time} after one at ${before}`, `run ${run}`);
  }
}

function quoteSet(found: readonly TradedQuote[], { pooled }: LogQuoteSettings): QuoteSet {
  const features = createFeatureTable(found.length);
  found.forEach(({ trade: { strike }, moment, years }, row) => {
    setFeatures(features, row, moment, Math.log(strike / moment.spot), years);
  });
  const column = (pick: (quote: TradedQuote) => number) => Float64Array.from(found, pick);
  return {
    features,
    target: column(({ vol }) => vol),
    clean: column(() => Number.NaN),
    weight: column(({ trade }) => Math.abs(trade.size)),
    time: column(({ joinedTime: time }) => (pooled > 0 ? Math.floor(time / pooled) * pooled : time)),
    day: Int32Array.from(found, ({ joinedTime }) => Math.floor(joinedTime / DAY)),
  };
}

function readingOf(
  logs: readonly TradeLog[],
  found: readonly TradedQuote[],
  failures: LogReading["failures"],
): LogReading {
  const blocks = logs.flatMap((log) => log.blocks);
  const trades = blocks.flatMap((block) => block.trades);
  const count = (pick: (block: (typeof blocks)[number]) => number) =>
    blocks.reduce((sum, block) => sum + pick(block), 0);
  return {
    runs: logs.length,
    blocks: blocks.length,
    rounds: count(({ rounds }) => rounds.length),
    surfaces: count(({ surfaces }) => surfaces.length),
    trades: trades.length,
    sold: trades.filter(({ size }) => size > 0).length,
    failures,
    span: logs.reduce(
      (sum, log) => sum + (log.blocks.length < 2 ? 0 : log.blocks.at(-1)!.time - log.blocks[0].time),
      0,
    ),
    logMoneyness: rangeOf(found.map(({ trade: { strike }, moment: { spot } }) => Math.log(strike / spot))),
    years: rangeOf(found.map(({ years }) => years)),
    vols: rangeOf(found.map(({ vol }) => vol)),
    resolution: found.reduce((most, { resolution }) => Math.max(most, resolution), 0),
  };
}

/** Lowest and highest; NaN of nothing. */
function rangeOf(values: readonly number[]): readonly [number, number] {
  if (values.length === 0) return [Number.NaN, Number.NaN];
  return values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);
}
