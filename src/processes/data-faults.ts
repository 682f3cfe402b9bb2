import { UserError } from "../errors/user-error.ts";

/** How faulty rows of a file may be repaired, by the user's choice. */
export const repairRules = ["drop", "forward-fill"] as const;
export type RepairRule = (typeof repairRules)[number];

/** One kind of fault in a file and where it is. */
export interface DataFault {
  /** What is wrong with the row, e.g. `close is empty (column 5)`. */
  readonly what: string;
  readonly count: number;
  /** Lines of the first ten rows, from 1. */
  readonly lines: readonly number[];
}

const MOST_LINES = 10;

/** Faults found in a file, counted by kind in order of their first line. */
export class DataFaults {
  readonly #byKind = new Map<string, { count: number; lines: number[] }>();

  add(line: number, what: string): void {
    let kind = this.#byKind.get(what);
    if (kind === undefined) this.#byKind.set(what, (kind = { count: 0, lines: [] }));
    kind.count++;
    if (kind.lines.length < MOST_LINES) kind.lines.push(line);
  }

  list(): DataFault[] {
    const faults = [...this.#byKind].map(([what, { count, lines }]) => ({ what, count, lines }));
    return faults.sort((a, b) => a.lines[0] - b.lines[0]);
  }

  /**
   * Refuses the file when anything was found.
   * @param repair - the rule to suggest
   * @throws {UserError} at the first faulty line, with how many more there are and of what kinds
   */
  refuse(where: string, repair: RepairRule): void {
    const [first, ...others] = this.list();
    if (first === undefined) return;
    const more = first.count === 1 ? "" : `; ${first.count - 1} more ${first.count === 2 ? "row" : "rows"} like it`;
    const also = others.map(({ what, count, lines }) => `; ${count} × ${what}, first in line ${lines[0]}`);
    throw new UserError({
      where: `${where}:${first.lines[0]}`,
      what: `${first.what}${more}${also.join("")}. Fix ${first.count === 1 && others.length === 0 ? "it" : "them"} or pass --repair ${repair}`,
    });
  }
}
