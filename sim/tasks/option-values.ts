import { didYouMean } from "../../src/errors/closest-name.ts";
import { UserError } from "../../src/errors/user-error.ts";

/**
 * A whole number within bounds.
 * @throws {UserError} for anything else, an empty text and a fraction included
 */
export function wholeNumber(option: string, text: string, least: number, most = Number.MAX_SAFE_INTEGER): number {
  const value = Number(text);
  if (/^\d+$/.test(text.trim()) && value >= least && value <= most) return value;
  const range = most === Number.MAX_SAFE_INTEGER ? `${least} or more` : `${least} to ${most}`;
  throw new UserError({ where: option, what: `got "${text}"`, expected: `a whole number, ${range}` });
}

/**
 * Names separated by commas, each one of those known, none twice.
 * @param noun - what they name, for messages
 * @throws {UserError} for an unknown name, with the nearest known one
 */
export function knownNames<Name extends string>(
  option: string,
  text: string,
  noun: string,
  known: readonly Name[],
): Name[] {
  const names = parts(option, text).map((name) => knownName(option, name, noun, known));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new UserError({ where: option, what: `"${twice}" is given twice` });
  return names;
}

/** @throws {UserError} when the name is not among those known */
export function requireKnown(where: string, name: string, noun: string, known: readonly string[]): void {
  knownName(where, name, noun, known);
}

/**
 * A name that is one of those known.
 * @throws {UserError} for any other, with the nearest known one
 */
export function knownName<Name extends string>(
  where: string,
  name: string,
  noun: string,
  known: readonly Name[],
): Name {
  const found = known.find((candidate) => candidate === name);
  if (found !== undefined) return found;
  const hint = didYouMean(name, known);
  throw new UserError({
    where,
    what: `unknown ${noun} "${name}"${hint === "" ? `; there are ${known.join(", ")}` : hint}`,
  });
}

/**
 * Severities separated by commas, in increasing order, none twice.
 * @throws {UserError} for one outside [0, 1]
 */
export function severities(option: string, text: string): number[] {
  const values = parts(option, text).map((part) => {
    const value = Number(part);
    if (part !== "" && value >= 0 && value <= 1) return value;
    throw new UserError({ where: option, what: `got "${part}"`, expected: "numbers from 0 (calm) to 1 (worst)" });
  });
  return [...new Set(values)].toSorted((a, b) => a - b);
}

function parts(option: string, text: string): string[] {
  const found = text.split(",").map((part) => part.trim());
  if (found.includes("")) {
    throw new UserError({ where: option, what: `got "${text}"`, expected: "values separated by commas" });
  }
  return found;
}
