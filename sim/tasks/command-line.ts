import { didYouMean } from "../../src/errors/closest-name.ts";
import { UserError } from "../../src/errors/user-error.ts";

/** An option of a command, by its name in camel case; a flag takes no value. */
export interface OptionShape {
  readonly name: string;
  readonly isFlag: boolean;
}

/** What a command takes. */
export interface CommandShape {
  readonly options: readonly OptionShape[];
  readonly positionals: readonly {
    readonly name: string;
    readonly description: string;
    readonly isRequired: boolean;
  }[];
}

/**
 * Checks the words of a command line against what the command takes, as Hardhat is about to parse them, so that a slip
 * is one line with the name that was meant.
 * @param words - as given, without node and script
 * @param commands - those to check, by name; any other command passes
 * @param globals - Hardhat's options, which every command takes besides
 * @throws {UserError} for an unknown or repeated option, a missing value, a word too many or too few
 */
export function checkCommandLine(
  words: readonly string[],
  commands: ReadonlyMap<string, CommandShape>,
  globals: readonly OptionShape[],
): void {
  const tokens = words.flatMap(splitAssignment);
  const start = commandPlace(tokens, globals);
  const command = tokens[start];
  const shape = commands.get(command);
  if (shape === undefined || tokens.some((token) => token === "--help" || token === "-h")) return;
  const known = [...shape.options, ...globals];
  const given = new Set<string>();
  let positionals = 0;
  for (let i = start + 1; i < tokens.length; i++) {
    const token = tokens[i];
    // Hardhat takes everything after it as positional.
    if (token === "--") return;
    if (!token.startsWith("-")) {
      if (++positionals <= shape.positionals.length) continue;
      throw new UserError({
        where: command,
        what: `does not know what to do with "${token}"`,
        expected: "options only",
      });
    }
    const option = known.find(({ name }) => isNamed(token, name));
    if (option === undefined) {
      // Verbosity, which Hardhat counts by its letters.
      if (/^-v+$/.test(token)) continue;
      throw new UserError({ where: token, what: `${command} has no such option${hint(token, known)}` });
    }
    if (given.has(option.name)) throw new UserError({ where: token, what: "is given twice" });
    given.add(option.name);
    if (!option.isFlag && ++i >= tokens.length) throw new UserError({ where: token, what: "needs a value" });
  }
  const missing = shape.positionals.slice(positionals).find(({ isRequired }) => isRequired);
  if (missing !== undefined) {
    throw new UserError({ where: command, what: `needs a ${missing.name}`, expected: lowerFirst(missing.description) });
  }
}

/** Place of the command: the first word that is neither an option of Hardhat's nor its value. */
function commandPlace(tokens: readonly string[], globals: readonly OptionShape[]): number {
  let place = 0;
  while (place < tokens.length && tokens[place].startsWith("-")) {
    const option = globals.find(({ name }) => isNamed(tokens[place], name));
    place += option !== undefined && !option.isFlag ? 2 : 1;
  }
  return place;
}

/** `--seeds=8` is `--seeds 8`. */
function splitAssignment(word: string): string[] {
  const at = word.indexOf("=");
  return word.startsWith("--") && at > 0 ? [word.slice(0, at), word.slice(at + 1)] : [word];
}

/** Hardhat takes `--dryRun` for `--dry-run`. */
function isNamed(token: string, name: string): boolean {
  return token === optionText(name) || token === `--${name}`;
}

function optionText(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function hint(token: string, known: readonly OptionShape[]): string {
  return didYouMean(
    token,
    known.map(({ name }) => optionText(name)),
  );
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
