import { CsvError, parse } from "csv-parse/sync";

import { UserError } from "../errors/user-error.ts";

/** Records of a CSV text with the line each began on. */
export interface CsvTable {
  /** Name of the file, for messages. */
  readonly where: string;
  /** Undefined when the first record is data. */
  readonly header: readonly string[] | undefined;
  readonly rows: readonly (readonly string[])[];
  /** Line of each row, from 1. */
  readonly lines: readonly number[];
}

/**
 * Splits a CSV text into records.
 * @param isHeader - tells a header from a first record of data
 * @throws {UserError} when the text is empty or no CSV
 */
export function parseCsvTable(where: string, text: string, isHeader: (record: readonly string[]) => boolean): CsvTable {
  const lines: number[] = [];
  let records: string[][];
  try {
    records = parse(text, {
      bom: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      on_record: (record: string[], { lines: line }) => {
        lines.push(line);
        return record;
      },
    });
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new UserError({ where, what: `is no CSV: ${cause.message}` }, cause);
  }
  const hasHeader = records.length > 0 && isHeader(records[0]);
  const first = hasHeader ? 1 : 0;
  if (records.length <= first) throw new UserError({ where, what: "has no rows", expected: "a CSV with data" });
  return {
    where,
    header: hasHeader ? records[0] : undefined,
    rows: records.slice(first),
    lines: lines.slice(first),
  };
}

/**
 * Positions of named columns; names are compared without case, spaces and punctuation.
 * @param wanted - for each column the names it may have
 * @throws {UserError} naming a column that is missing and what it may be called
 */
export function findColumns<Name extends string>(
  { where, header }: CsvTable,
  wanted: Readonly<Record<Name, readonly string[]>>,
): Record<Name, number> {
  const plain = (header ?? []).map(plainName);
  const found: Partial<Record<Name, number>> = {};
  for (const name of Object.keys(wanted) as Name[]) {
    const position = plain.findIndex((candidate) => wanted[name].some((alias) => plainName(alias) === candidate));
    if (position < 0) {
      throw new UserError({
        where: `${where}:1`,
        what: `has no column for ${name}; its columns are ${(header ?? []).join(", ")}`,
        expected: `a header with ${wanted[name].join(" or ")}`,
      });
    }
    found[name] = position;
  }
  return found as Record<Name, number>;
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}

/** A number, or NaN for what is empty or no number. */
export function toNumber(field: string | undefined): number {
  return field === undefined || field === "" ? NaN : Number(field);
}

const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?(?:Z|\+00:?00)?$/;

/**
 * Unix seconds of a time: ISO 8601 taken as UTC, or a number of seconds, milliseconds or microseconds, told apart by
 * size. NaN for anything else.
 */
export function toUnixSeconds(field: string | undefined): number {
  if (field === undefined || field === "") return NaN;
  const match = ISO.exec(field);
  if (match !== null) {
    const [year, month, day, hour, minute, second] = match.slice(1).map((part) => Number(part ?? 0));
    const time = Date.UTC(year, month - 1, day, hour, minute, second);
    // Date.UTC carries over: 31 February would become 3 March.
    const isReal = new Date(time).getUTCDate() === day && month <= 12 && hour < 24 && minute < 60 && second < 60;
    return isReal ? time / 1000 : NaN;
  }
  const value = Number(field);
  if (!(value >= 1e8)) return NaN;
  if (value < 1e11) return value;
  return value < 1e14 ? value / 1e3 : value < 1e17 ? value / 1e6 : NaN;
}

/** Units that a time may be written in. */
export type TimeUnit = "text" | "seconds" | "milliseconds" | "microseconds";

/** The unit that a field which {@link toUnixSeconds} reads is in. */
export function timeUnitOf(field: string): TimeUnit {
  const value = Number(field);
  if (Number.isNaN(value)) return "text";
  return value < 1e11 ? "seconds" : value < 1e14 ? "milliseconds" : "microseconds";
}

/** The most frequent value; undefined of none. */
export function commonest<Value>(values: readonly Value[]): Value | undefined {
  const counts = new Map<Value, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce<[Value, number] | undefined>(
    (best, one) => (best && best[1] >= one[1] ? best : one),
    undefined,
  )?.[0];
}
