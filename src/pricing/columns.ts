/** Columns of one batch that differ in length: which, and by how much. */
export class ColumnLengthError extends Error {
  override readonly name = "ColumnLengthError";

  constructor(what: string, column: string, length: number, rows: number) {
    super(`${what}: column ${column} has ${length} entries for ${rows} rows`);
  }
}

/** @throws {ColumnLengthError} naming the first column that has not one entry per row */
export function requireColumns(
  what: string,
  rows: number,
  columns: Readonly<Record<string, ArrayLike<unknown>>>,
): void {
  for (const [name, { length }] of Object.entries(columns)) {
    if (length !== rows) throw new ColumnLengthError(what, name, length, rows);
  }
}
