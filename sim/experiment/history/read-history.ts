import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename } from "node:path";

import { UserError } from "../../../src/errors/user-error.ts";
import { parsePriceHistory, type PriceBars } from "../../../src/processes/history.ts";
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
}

/** @throws {UserError} for a file that is missing, ragged or faulty, naming file and line */
export function readHistory(request: HistoryRequest): HistoryFiles {
  const repairs: string[] = [];
  const { bars, prices } = readPrices(request, repairs);
  if (request.volatilityIndex !== undefined) {
    return { bars, prices, ...readIndex(request, request.volatilityIndex, bars, repairs), repairs };
  }
  if (request.quotes.length === 0) return { bars, prices, snapshots: undefined, quotes: undefined, repairs };
  const { snapshots, quotes } = readQuotes(request);
  return {
    bars: request.quotedIndexAfterPrices ? withQuotedIndex(bars, snapshots, repairs) : bars,
    prices,
    snapshots,
    quotes,
    repairs,
  };
}

function readPrices({ prices, columns, repair }: HistoryRequest, repairs: string[]) {
  const texts = prices.map((file) => readText("--history", file));
  const parts = prices.map((file, i) => {
    const { bars, quality } = parsePriceHistory(basename(file), texts[i], repair, columns);
    if (quality.missingBars > 0) repairs.push(`${quality.missingBars} bars are missing in ${quality.gaps.length} gaps`);
    if (quality.droppedRows > 0) repairs.push(`${quality.droppedRows} rows of prices dropped`);
    if (quality.filledBars > 0) repairs.push(`${quality.filledBars} bars filled forward`);
    return bars;
  });
  const bars = joinBars(parts);
  return { bars, prices: fileOf(prices, texts, bars.times.length) };
}

function readQuotes({ quotes, repair }: HistoryRequest) {
  const texts = quotes.map((file) => readText("--quotes", file));
  const parts = quotes.map((file, i) => parseOptionQuotes(basename(file), texts[i], repair).snapshots);
  const snapshots = parts.flat().sort((a, b) => a.time - b.time);
  const rows = snapshots.reduce((sum, snapshot) => sum + snapshot.quotes.length, 0);
  return { snapshots, quotes: fileOf(quotes, texts, rows) };
}

function readIndex(
  { repair }: HistoryRequest,
  { file, column, unit, tenorDays }: NonNullable<HistoryRequest["volatilityIndex"]>,
  bars: PriceBars,
  repairs: string[],
) {
  const text = readText("--history", file);
  const index = parseVolatilityIndex(basename(file), text, column, unit, repair);
  if (index.droppedRows > 0) repairs.push(`${index.droppedRows} rows of the volatility index dropped`);
  return {
    snapshots: indexSnapshots(index, tenorDays, bars),
    quotes: fileOf([file], [text], index.times.length),
  };
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
