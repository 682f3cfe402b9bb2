import { readFileSync } from "node:fs";

import { didYouMean } from "../../src/errors/closest-name.ts";
import { UserError } from "../../src/errors/user-error.ts";
import { checkScenario } from "./check-scenario.ts";
import { describeIssue } from "./describe-issue.ts";
import { scenarioSchema, type Scenario } from "./scenario.ts";
import { shippedScenarios } from "./shipped.ts";

/**
 * A shipped scenario by its name, or the one in a JSON file by its path.
 * @throws {UserError} when there is none, or when it is not a valid scenario
 */
export function loadScenario(nameOrPath: string): Scenario {
  const shipped = shippedScenarios.find(({ name }) => name === nameOrPath);
  if (shipped !== undefined) return validateScenario(shipped, nameOrPath);
  if (!nameOrPath.endsWith(".json")) {
    const names = shippedScenarios.map(({ name }) => name);
    throw new UserError({
      where: "--scenario",
      what: `unknown scenario "${nameOrPath}"${didYouMean(nameOrPath, names)}`,
      expected: `${names.join(", ")}, or the path of a JSON file`,
    });
  }
  return parseScenario(readScenarioFile(nameOrPath), nameOrPath);
}

/**
 * The scenario in a JSON text.
 * @param file - what the text is called in messages
 * @throws {UserError} naming line or field
 */
export function parseScenario(text: string, file: string): Scenario {
  return validateScenario(parseJson(text, file), file);
}

/** The scenario that a plain value describes, durations in seconds and defaults resolved. */
export function validateScenario(value: unknown, where: string): Scenario {
  const parsed = scenarioSchema.safeParse(value);
  if (!parsed.success) {
    const [first, ...others] = parsed.error.issues;
    const { path, what } = describeIssue(first, value, scenarioSchema);
    const more = others.length === 0 ? "" : ` (${others.length} more like it in this file)`;
    throw new UserError({ where: path === "" ? where : `${where}: ${path}`, what: `${what}${more}` }, parsed.error);
  }
  checkScenario(parsed.data, where);
  return parsed.data;
}

function readScenarioFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new UserError({ where: path, what: missing ? "no such file" : `cannot be read: ${String(error)}` }, error);
  }
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const message = (error as SyntaxError).message;
    const position = /position (\d+)/.exec(message);
    const offset = position === null ? text.length : Number(position[1]);
    const before = text.slice(0, offset).split("\n");
    const where = `${file}:${before.length}:${before.at(-1)!.length + 1}`;
    throw new UserError({ where, what: `not valid JSON: ${message.replace(/ (in JSON )?at position.*$/, "")}` }, error);
  }
}
