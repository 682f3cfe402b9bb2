import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename } from "node:path";

import { UserError } from "../../../src/errors/user-error.ts";
import type { RepairRule } from "../../../src/processes/data-faults.ts";
import { parsePriceHistory, type PriceBars } from "../../../src/processes/history.ts";
import { parseOptionQuotes, type QuoteSnapshot } from "../../../src/processes/quotes.ts";
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
  const repair = request.repair as RepairRule | undefined;
  const priceText = readText("--history", request.prices);
  const { bars, quality } = parsePriceHistory(basename(request.prices), priceText, repair);
  const repairs: string[] = [];
  if (quality.missingBars > 0) repairs.push(`${quality.missingBars} bars are missing in ${quality.gaps.length} gaps`);
  if (quality.droppedRows > 0) repairs.push(`${quality.droppedRows} rows of prices dropped`);
  if (quality.filledBars > 0) repairs.push(`${quality.filledBars} bars filled forward`);
  const prices = { file: basename(request.prices), sha256: sha256(priceText), rows: bars.times.length };
  if (request.quotes === undefined) return { bars, snapshots: undefined, prices, quotes: undefined, repairs };

  const quoteText = readText("--quotes", request.quotes);
  const parsed = parseOptionQuotes(basename(request.quotes), quoteText, repair);
  const rows = parsed.snapshots.reduce((sum, { quotes }) => sum + quotes.length, 0);
  return {
    bars,
    snapshots: parsed.snapshots,
    prices,
    quotes: { file: basename(request.quotes), sha256: sha256(quoteText), rows },
    repairs,
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
