import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename } from "node:path";

import { UserError } from "../../../src/errors/user-error.ts";
import { parsePriceHistory, type DataGap, type DataQuality, type PriceBars } from "../../../src/processes/history.ts";
import { extendWithPrices, joinBars } from "../../../src/processes/join-bars.ts";
import { parseOptionQuotes, type QuoteSnapshot } from "../../../src/processes/quotes.ts";
import { indexSnapshots, parseVolatilityIndex } from "../../../src/processes/volatility-index.ts";
import type { HistoryResult } from "../../results/history.ts";
import type { HistoryRequest } from "../request.ts";

/** The files of a history request, read and checked. */
export interface HistoryFiles {
  readonly bars: PriceBars;
  readonly snapshots: readonly QuoteSnapshot[] | undefined;
  readonly prices: HistoryResult["prices"];
  readonly quotes: NonNullable<HistoryResult["quotes"]> | undefined;
  /** What was repaired or is missing, one line each. */
  readonly repairs: readonly string[];
  /** What quality control found in each file. */
  readonly quality: HistoryResult["quality"];
}

/** Recorded index and price of one moment may differ by this log ratio in the median; more is another asset or unit. */
const LARGEST_BASIS = 0.05;

/** @throws {UserError} for a file that is missing, ragged or faulty, naming file and line */
export function readHistory(request: HistoryRequest): HistoryFiles {
  const repairs: string[] = [];
  const { bars, prices, quality } = readPrices(request, repairs);
  if (request.volatilityIndex !== undefined) {
    const index = readIndex(request, request.volatilityIndex, bars, repairs);
    return { bars, prices, ...index, repairs, quality: [...quality, index.quality] };
  }
  if (request.quotes.length === 0) return { bars, prices, snapshots: undefined, quotes: undefined, repairs, quality };
  const { snapshots, quotes, quality: ofQuotes } = readQuotes(request, repairs);
  const basis = basisText(request, bars, snapshots);
  return {
    bars: request.quotedIndexAfterPrices ? withQuotedIndex(bars, snapshots, repairs) : bars,
    prices,
    snapshots,
    quotes,
    repairs,
    quality: [...quality, ...ofQuotes.map((one) => ({ ...one, checks: [...one.checks, basis] }))],
  };
}

function readPrices({ prices, columns, repairs: rules }: HistoryRequest, repairs: string[]) {
  const texts = prices.map((file) => readText("--history", file));
  const parts = prices.map((file, i) => {
    const { bars, quality } = parsePriceHistory(basename(file), texts[i], rules, columns);
    if (quality.missingBars > 0) repairs.push(`${quality.missingBars} bars are missing in ${quality.gaps.length} gaps`);
    repairs.push(...repairLines(quality, "prices"));
    return { bars, found: qualityOf("prices", file, texts[i], quality, bars.times, bars.barSeconds) };
  });
  const bars = joinBars(parts.map((part) => part.bars));
  return { bars, prices: fileOf(prices, texts, bars.times.length), quality: parts.map(({ found }) => found) };
}

function readQuotes({ quotes, repairs: rules }: HistoryRequest, repairs: string[]) {
  const texts = quotes.map((file) => readText("--quotes", file));
  const parts = quotes.map((file, i) => {
    const { snapshots, quality } = parseOptionQuotes(basename(file), texts[i], rules);
    repairs.push(...repairLines(quality, "quotes"));
    const times = snapshots.map(({ time }) => time);
    const found = qualityOf("quotes", file, texts[i], quality, times, null);
    const checks = [
      `${quality.snapshots.toLocaleString("en-US")} snapshots`,
      `mark against Black's price of its vol: ${quality.medianMarkError.toExponential(0)} coins in the median`,
    ];
    return { snapshots, found: { ...found, checks } };
  });
  requireApart(quotes, parts);
  const snapshots = parts.flatMap((part) => [...part.snapshots]);
  const rows = snapshots.reduce((sum, snapshot) => sum + snapshot.quotes.length, 0);
  return { snapshots, quotes: fileOf(quotes, texts, rows), quality: parts.map(({ found }) => found) };
}

/** @throws {UserError} when a file of quotes begins before the one ahead of it ends */
function requireApart(
  files: readonly string[],
  parts: readonly { readonly snapshots: readonly QuoteSnapshot[] }[],
): void {
  for (let i = 1; i < parts.length; i++) {
    if (parts[i].snapshots[0].time > parts[i - 1].snapshots.at(-1)!.time) continue;
    throw new UserError({
      where: basename(files[i]),
      what: `begins before ${basename(files[i - 1])} ends`,
      expected: "files of quotes in ascending time without overlap",
    });
  }
}

function readIndex(
  { repairs: rules }: HistoryRequest,
  { file, column, unit, tenorDays }: NonNullable<HistoryRequest["volatilityIndex"]>,
  bars: PriceBars,
  repairs: string[],
) {
  const text = readText("--history", file);
  const index = parseVolatilityIndex(basename(file), text, column, unit, rules);
  const { quality } = index;
  repairs.push(...repairLines(quality, "the volatility index"));
  const step = index.times.length < 2 ? null : index.times[1] - index.times[0];
  return {
    snapshots: indexSnapshots(index, tenorDays, bars),
    quotes: fileOf([file], [text], index.times.length),
    quality: qualityOf("volatility-index", file, text, quality, index.times, step),
  };
}

/** What was done to a file, a line for each kind of fault. */
function repairLines(
  { faults, ...quality }: Partial<DataQuality> & Pick<DataQuality, "faults">,
  what: string,
): string[] {
  const done = faults.map(
    ({ what: fault, count, lines, repairedBy }) =>
      `${count} ${count === 1 ? "row" : "rows"} of ${what} repaired by ${repairedBy}: ${fault}, first in line ${lines[0]}`,
  );
  const filled = quality.filledBars ?? 0;
  return filled > 0 ? [...done, `${filled} bars filled forward`] : done;
}

/** Quality of a file as the results show it. */
function qualityOf(
  role: HistoryResult["quality"][number]["role"],
  file: string,
  text: string,
  quality: Pick<DataQuality, "rows" | "faults" | "repairs" | "droppedRows" | "gaps"> & Partial<DataQuality>,
  times: ArrayLike<number>,
  spacing: number | null,
): HistoryResult["quality"][number] {
  const { rows, faults, repairs, droppedRows, gaps, missingBars, filledBars = 0, stillBars } = quality;
  const longest = gaps.reduce<DataGap | null>((a, b) => (a !== null && a.to - a.from >= b.to - b.from ? a : b), null);
  return {
    role,
    file: basename(file),
    sha256: sha256(text),
    rows,
    from: times[0],
    to: times[times.length - 1],
    spacing,
    gaps: { count: gaps.length, missing: missingBars ?? null, longest: longest === null ? null : { ...longest } },
    stillBars: stillBars ?? null,
    repairs: [...repairs],
    dropped: droppedRows,
    filled: filledBars,
    faults: faults.map((fault) => ({ ...fault, lines: [...fault.lines] })),
    checks: [],
  };
}

/**
 * How far the index beside the quotes lies from the prices.
 * @throws {UserError} when it is so far that they are of another asset or unit
 */
function basisText({ quotes }: HistoryRequest, bars: PriceBars, snapshots: readonly QuoteSnapshot[]): string {
  const end = bars.times[bars.times.length - 1] + bars.barSeconds;
  const both = snapshots.filter(({ time }) => time >= bars.times[0] && time < end);
  if (both.length === 0) return "no snapshot lies within the prices, so the two cannot be held against each other";
  const off = both
    .map(({ time, quotes: [{ index }] }) => {
      const bar = bars.times.findLastIndex((start) => start <= time);
      return Math.abs(Math.log(index / bars.opens[bar]));
    })
    .sort((a, b) => a - b);
  const middle = off[Math.floor(off.length / 2)];
  if (middle > LARGEST_BASIS) {
    throw new UserError({
      where: basename(quotes[0]),
      what: `the index beside the quotes is off ${bars.source} by ${Math.round(100 * (Math.exp(middle) - 1))} % in the median`,
      expected: "quotes and prices of one asset in one currency",
    });
  }
  const percent = (value: number) => `${(100 * value).toFixed(2)} %`;
  return `index against the open of its bar: ${percent(middle)} in the median, ${percent(off[off.length - 1])} at most`;
}

/** The exchange's spot index beside the quotes, a price at each snapshot after the last bar. */
function withQuotedIndex(bars: PriceBars, snapshots: readonly QuoteSnapshot[], repairs: string[]): PriceBars {
  const times = snapshots.map(({ time }) => time);
  const extended = extendWithPrices(
    bars,
    times,
    snapshots.map(({ quotes }) => quotes[0].index),
  );
  const added = extended.times.length - bars.times.length;
  if (added > 0) repairs.push(`${added} prices after the last bar are the index beside the quotes, hours apart`);
  return extended;
}

/** Files as the results name them; several have one hash, over their hashes in order. */
function fileOf(files: readonly string[], texts: readonly string[], rows: number): HistoryResult["prices"] {
  const hashes = texts.map(sha256);
  return {
    file: files.map((file) => basename(file)).join(", "),
    sha256: hashes.length === 1 ? hashes[0] : sha256(hashes.join("\n")),
    rows,
  };
}

function readText(option: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UserError({ where: option, what: `${file} cannot be read`, expected: "a CSV file" }, error);
  }
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
