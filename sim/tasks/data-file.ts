import { accessSync, constants, existsSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

import { UserError } from "../../src/errors/user-error.ts";

/** Variable of the environment that names the folder of recorded data. */
export const DATA_VARIABLE = "REGIMEBREAK_DATA";

const PACKAGE = /^package:((?:@[^/]+\/)?[^/]+)\/(.+)$/;

/**
 * Path of a file that a scenario names: a path, `package:NAME/path` or `data:path`.
 * @param data - folder of recorded data; undefined: not set
 * @throws {UserError} when it cannot be read, saying how to get or to name it
 */
export function dataFile(where: string, name: string, data = process.env[DATA_VARIABLE]): string {
  if (name.startsWith("data:")) return inDataFolder(where, name.slice("data:".length), data);
  const [, owner, path] = PACKAGE.exec(name) ?? [];
  if (owner === undefined || path === undefined) return readable(where, name, "a CSV file");
  return readable(where, join(packageRoot(where, owner), path), `a file of the npm package ${owner}`);
}

function inDataFolder(where: string, path: string, data: string | undefined): string {
  if (data === undefined || data === "") {
    throw new UserError({
      where,
      what: `needs ${path}, which is recorded data and not shipped`,
      expected: `${DATA_VARIABLE} to name a folder that holds it (${DATA_VARIABLE}=/path/to/data npx hardhat sim …); docs/history.md says what each file is`,
    });
  }
  return readable(
    where,
    join(data, path),
    `it in the folder that ${DATA_VARIABLE} names; docs/history.md says what it is`,
  );
}

function packageRoot(where: string, owner: string): string {
  try {
    let folder = dirname(createRequire(import.meta.url).resolve(owner));
    while (!existsSync(join(folder, "package.json"))) folder = dirname(folder);
    return folder;
  } catch (cause) {
    throw new UserError(
      { where, what: `the npm package ${owner} is not installed`, expected: `npm install ${owner}` },
      cause,
    );
  }
}

/** @throws {UserError} when there is no such file, or it is none, or it may not be read */
export function readable(where: string, path: string, expected: string): string {
  try {
    accessSync(path, constants.R_OK);
    if (statSync(path).isFile()) return path;
  } catch (cause) {
    throw new UserError({ where, what: `cannot read ${path}`, expected }, cause);
  }
  throw new UserError({ where, what: `${path} is not a file`, expected });
}
