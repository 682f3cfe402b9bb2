import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

import { UserError } from "../../src/errors/user-error.ts";

/** A file of a run directory: path within it, and text. */
export interface RunFile {
  readonly path: string;
  readonly text: string;
}

/**
 * Where a run is to be written. An explicit directory must be new or empty: nobody's results are overwritten. Without
 * one it is `runs/<scenario>-<seed>`, or the next free `runs/<scenario>-<seed>-2`, `-3`, ….
 * @throws {UserError} when nothing could be written there; nothing is created yet
 */
export function chooseRunDirectory(out: string | undefined, scenario: string, masterSeed: number): string {
  const directory = out ?? nextFree(join("runs", `${scenario}-${masterSeed}`));
  const where = out === undefined ? directory : "--out";
  if (out === "") throw new UserError({ where, what: "is empty", expected: "a directory" });
  if (existsSync(directory)) {
    if (!statSync(directory).isDirectory())
      throw new UserError({ where, what: `${directory} is a file`, expected: "a new or empty directory" });
    if (readdirSync(directory).length > 0)
      throw new UserError({ where, what: `${directory} is not empty`, expected: "a new or empty directory" });
  }
  requireWritable(where, directory);
  return directory;
}

function nextFree(wanted: string): string {
  for (let suffix = 1; ; suffix++) {
    const directory = suffix === 1 ? wanted : `${wanted}-${suffix}`;
    if (!existsSync(directory)) return directory;
  }
}

function requireWritable(where: string, directory: string): void {
  let ancestor = dirname(resolve(directory));
  while (!existsSync(ancestor)) ancestor = dirname(ancestor);
  if (!statSync(ancestor).isDirectory())
    throw new UserError({ where, what: `${ancestor} is a file`, expected: "a path through directories" });
  try {
    accessSync(ancestor, constants.W_OK | constants.X_OK);
    // Permission is not all: a file system may refuse for reasons of its own, and a run takes a minute to find out.
    rmSync(mkdtempSync(join(ancestor, ".regimebreak-probe-")), { recursive: true });
  } catch (cause) {
    throw new UserError({ where, what: `cannot write in ${ancestor}` }, cause);
  }
}

/**
 * Writes a run directory whole or not at all: the files go to a hidden neighbour, which then takes the name. When the
 * process ends before that, the neighbour is removed.
 * @throws {UserError} when the file system refuses
 */
export function writeRunDirectory(directory: string, files: readonly RunFile[]): void {
  const parent = dirname(resolve(directory));
  let partial: string | undefined;
  const discard = () => {
    if (partial !== undefined) rmSync(partial, { recursive: true, force: true });
  };
  process.once("exit", discard);
  try {
    mkdirSync(parent, { recursive: true });
    partial = mkdtempSync(join(parent, `.${basename(directory)}.partial-`));
    for (const { path, text } of files) {
      const file = join(partial, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    renameSync(partial, directory);
    partial = undefined;
  } catch (cause) {
    throw new UserError({ where: directory, what: `cannot be written: ${(cause as Error).message}` }, cause);
  } finally {
    discard();
    process.off("exit", discard);
  }
}
