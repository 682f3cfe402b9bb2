import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { expect } from "chai";

/** A public function with arguments that it accepts. */
export interface Call {
  readonly args: readonly unknown[];
  readonly of: (...args: never[]) => unknown;
  /** Leaves that mean something when they are infinite or whose result may be: why. */
  readonly infinite?: string;
}

/** What a caller may get wrong: no number, no end, the sign, the unit (18 decimals left on). */
const POISONS = [NaN, Infinity, -Infinity, -1, 0, 1e18] as const;
/** What JavaScript throws by itself says neither what is wrong nor where. */
const UNNAMED = new Set(["Error", "TypeError", "RangeError", "ReferenceError", "SyntaxError", "EvalError"]);

type Place = readonly (string | number)[];

/**
 * Calls a function with each number of its arguments spoiled in turn, and with each array emptied or cut by one.
 *
 * Every call must give a result without a NaN, finite unless the entry says why not, or throw an error whose name says
 * what is wrong.
 */
export function checkBadInput({ args, of, infinite }: Call): void {
  const call = of as (...given: readonly unknown[]) => unknown;
  const sound = call(...(copied(args) as unknown[]));
  expect(badNumber(sound, infinite !== undefined), "sound arguments").to.equal(undefined);
  for (const { place, value } of spoilt(args)) {
    const given = replaced(args, place, value) as unknown[];
    const said = `argument ${place.join(".")} = ${ArrayBuffer.isView(value) || Array.isArray(value) ? `${value.constructor.name} of ${(value as ArrayLike<number>).length}` : String(value)}`;
    let result: unknown;
    try {
      result = call(...given);
    } catch (error) {
      expect(error, said).to.be.instanceOf(Error);
      const { name, message } = error as Error;
      expect(UNNAMED.has(name), `${said}: unnamed ${name}: ${message}`).to.equal(false);
      expect(message.length, said).to.be.greaterThan(10);
      continue;
    }
    expect(badNumber(result, infinite !== undefined), `${said} gave`).to.equal(undefined);
  }
}

/**
 * Names of the functions and classes that the modules of a folder export, but for errors, the checks themselves, what
 * says in its name that it may answer NaN, and what says in its documentation that it is unchecked.
 */
export async function checkedFunctions(folder: string): Promise<string[]> {
  const names: string[] = [];
  for (const file of readdirSync(folder).sort()) {
    const module = (await import(pathToFileURL(join(folder, file)).href)) as Record<string, unknown>;
    for (const [name, value] of Object.entries(module)) {
      if (typeof value !== "function" || (value as { prototype?: unknown }).prototype instanceof Error) continue;
      if (/^(require|assert|check)[A-Z]|OrNaN$/.test(name) || isUnchecked(join(folder, file), name)) continue;
      if (!names.includes(name)) names.push(name);
    }
  }
  return names;
}

function isUnchecked(path: string, name: string): boolean {
  const source = readFileSync(path, "utf8");
  const declared = source.search(new RegExp(`^export (function|class) ${name}\\b`, "m"));
  const comment = source.slice(0, declared).trimEnd();
  return comment.endsWith("*/") && comment.slice(comment.lastIndexOf("/**")).toLowerCase().includes("unchecked");
}

function* spoilt(value: unknown, place: Place = []): Generator<{ readonly place: Place; readonly value: unknown }> {
  if (typeof value === "number") {
    for (const poison of POISONS) yield { place, value: poison };
  } else if (isColumn(value)) {
    // One entry in the middle stands for all: which one it is makes no difference to a check.
    const middle = Math.floor(value.length / 2);
    if (value.length > 0) yield* spoilt(value[middle], [...place, middle]);
    if (place.length > 0) yield { place, value: value.slice(0, 0) };
    if (place.length > 0 && value.length > 1) yield { place, value: value.slice(0, -1) };
  } else if (Array.isArray(value)) {
    for (const [i, one] of (value as unknown[]).entries()) yield* spoilt(one, [...place, i]);
    if (place.length > 0) yield { place, value: [] };
    if (place.length > 0 && value.length > 1) yield { place, value: value.slice(0, -1) };
  } else if (isRecord(value)) {
    for (const [key, one] of Object.entries(value)) yield* spoilt(one, [...place, key]);
  }
}

type Column = Float64Array | Uint8Array | number[];

function isColumn(value: unknown): value is Column {
  if (value instanceof Float64Array || value instanceof Uint8Array || value instanceof Uint32Array) return true;
  return Array.isArray(value) && value.length > 3 && value.every((one) => typeof one === "number");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function copied(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return (value as Float64Array).slice();
  if (Array.isArray(value)) return (value as unknown[]).map(copied);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, copied(one)]));
}

function replaced(value: unknown, [key, ...rest]: Place, by: unknown): unknown {
  if (key === undefined) return copied(by);
  const copy = copied(value) as Record<string | number, unknown>;
  copy[key] = replaced(copy[key], rest, by);
  return copy;
}

/** The first number within a result that is none, with where it is. */
function badNumber(value: unknown, mayBeInfinite: boolean, place = "result"): string | undefined {
  if (typeof value === "number") {
    return Number.isNaN(value) || !(mayBeInfinite || Number.isFinite(value)) ? `${place} ${value}` : undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const parts = ArrayBuffer.isView(value)
    ? Array.from(value as Float64Array).entries()
    : Object.entries(value as Record<string, unknown>);
  for (const [key, one] of parts) {
    const bad = badNumber(one, mayBeInfinite, `${place}.${key}`);
    if (bad !== undefined) return bad;
  }
  return undefined;
}
