import { UserError } from "../errors/user-error.ts";

/**
 * How faulty rows of a file may be repaired, by the user's choice; several are taken in this order. `rescale` puts back
 * what slipped by a power of ten (a price in cents, a vol in percent, a time in milliseconds); `sort` puts rows in order
 * of time; `drop` leaves rows out; `forward-fill` leaves them out too, and puts a flat bar at the last close in their
 * place and into gaps.
 */
export const repairRules = ["rescale", "sort", "drop", "forward-fill"] as const;
export type RepairRule = (typeof repairRules)[number];
/** Rules that are allowed; none: faults are refused. */
export type Repairs = RepairRule | readonly RepairRule[] | undefined;

/** Rules that leave a faulty row out. */
export const LEFT_OUT = ["drop", "forward-fill"] as const;

/** The rules in their order. */
export function rulesOf(repairs: Repairs): readonly RepairRule[] {
  const given: readonly RepairRule[] = repairs === undefined ? [] : typeof repairs === "string" ? [repairs] : repairs;
  return repairRules.filter((rule) => given.includes(rule));
}

/** One kind of fault in a file and where it is. */
export interface DataFault {
  /** What is wrong with the row, e.g. `close is empty (column 5)`. */
  readonly what: string;
  readonly count: number;
  /** Lines of the first ten rows, from 1. */
  readonly lines: readonly number[];
  /** The rule that repaired it; null where none was allowed, so that the file is refused. */
  readonly repairedBy: RepairRule | null;
}

const MOST_LINES = 10;

/** Faults found in a file, counted by kind in order of their first line. */
export class DataFaults {
  readonly #allowed: readonly RepairRule[];
  readonly #byKind = new Map<string, { count: number; lines: number[]; by: readonly RepairRule[] }>();

  /** @param repairs - rules that the user allowed */
  constructor(repairs: Repairs) {
    this.#allowed = rulesOf(repairs);
  }

  /**
   * Notes a faulty row.
   * @param by - rules that can repair it, the one to suggest first
   * @returns the rule that does, undefined where none is allowed
   */
  add(line: number, what: string, by: readonly RepairRule[] = LEFT_OUT): RepairRule | undefined {
    let kind = this.#byKind.get(what);
    if (kind === undefined) this.#byKind.set(what, (kind = { count: 0, lines: [], by }));
    kind.count++;
    if (kind.lines.length < MOST_LINES) kind.lines.push(line);
    return this.#repairOf(by);
  }

  list(): DataFault[] {
    const faults = [...this.#byKind].map(([what, { count, lines, by }]) => ({
      what,
      count,
      lines: lines.sort((a, b) => a - b),
      repairedBy: this.#repairOf(by) ?? null,
    }));
    return faults.sort((a, b) => a.lines[0] - b.lines[0]);
  }

  /**
   * Refuses the file when anything was found that no allowed rule repairs.
   * @throws {UserError} at the first such line, with how many more there are, of what kinds, and the rules that would do
   */
  refuse(where: string): void {
    const [first, ...others] = this.list().filter(({ repairedBy }) => repairedBy === null);
    if (first === undefined) return;
    const more = first.count === 1 ? "" : `; ${first.count - 1} more ${first.count === 2 ? "row" : "rows"} like it`;
    const also = others.map(({ what, count, lines }) => `; ${count} × ${what}, first in line ${lines[0]}`);
    const them = first.count === 1 && others.length === 0 ? "it" : "them";
    const rules = this.#rulesThatRepair([first, ...others].map(({ what }) => what));
    const instead = rules === undefined ? "" : ` or pass --repair ${rules.join(",")}`;
    throw new UserError({
      where: `${where}:${first.lines[0]}`,
      what: `${first.what}${more}${also.join("")}. Fix ${them}${instead}`,
    });
  }

  #repairOf(by: readonly RepairRule[]): RepairRule | undefined {
    return this.#allowed.find((rule) => by.includes(rule));
  }

  /** The allowed rules and as few more as repair all kinds; undefined where a kind has none. */
  #rulesThatRepair(kinds: readonly string[]): readonly RepairRule[] | undefined {
    const choices = kinds.map((what) => this.#byKind.get(what)!.by);
    if (choices.some((by) => by.length === 0)) return undefined;
    const firsts = choices.map(([rule]) => rule);
    const needed = choices.every((by) => by.includes("drop")) && new Set(firsts).size > 1 ? ["drop"] : firsts;
    return repairRules.filter((rule) => this.#allowed.includes(rule) || needed.includes(rule));
  }
}
