import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import { UserError } from "../../src/errors/user-error.ts";
import { resultsSchema } from "./results.ts";
import type { Results } from "./results.ts";

/**
 * Reads the results of an earlier run.
 * @param where - the option that named it
 * @param path - a run directory, or its results.json
 * @throws {UserError} when there is none, or not one of this format
 */
export function readResults(where: string, path: string): Results {
  const file = existsSync(path) && statSync(path).isDirectory() ? join(path, "results.json") : path;
  const refuse = (what: string, cause?: unknown) => {
    throw new UserError({ where, what: `${file} ${what}`, expected: "a run directory of this version" }, cause);
  };
  if (!existsSync(file)) refuse("does not exist");
  let data: unknown;
  try {
    data = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    refuse("is not readable as JSON", cause);
  }
  const version = (data as { version?: unknown } | null)?.version;
  if (version !== 2) refuse(`has format version ${JSON.stringify(version) ?? "none"}, this is version 2`);
  const parsed = resultsSchema.safeParse(data);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    refuse(`is damaged at ${issue.path.join(".") || "its top"}: ${issue.message}`, parsed.error);
  }
  return parsed.data!;
}
