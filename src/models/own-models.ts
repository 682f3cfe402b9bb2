import { accessSync, constants } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

import { UserError } from "../errors/user-error.ts";
import { registerModel } from "./models.ts";
import type { PricingModel } from "./pricing-model.ts";

const require = createRequire(import.meta.url);
const sources = /\.(ts|mts|js|mjs)$/;
const expected = 'a module whose default export is a PricingModel: { name: "my-model", summary, information, fit }';

/** Whether what stands in a list of models is a module file rather than a name. */
export function isModelFile(entry: string): boolean {
  return sources.test(entry) || entry.includes("/");
}

/**
 * Loads a model of the user's own and makes it known by its name.
 * @param path - of a module, relative to the working directory
 * @param where - the option that named it
 * @throws {UserError} when there is no such file, it does not load, or what it exports is no model
 */
export function loadOwnModel(path: string, where: string): PricingModel {
  const file = resolve(path);
  try {
    accessSync(file, constants.R_OK);
  } catch (cause) {
    throw new UserError({ where, what: `cannot read ${path}`, expected }, cause);
  }
  const model = checked((load(file, path, where) as { default?: unknown }).default, path, where);
  registerModel(model, where);
  return model;
}

function load(file: string, path: string, where: string): unknown {
  try {
    return require(file);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    throw new UserError({ where, what: `${path} does not load: ${reason}`, expected }, cause);
  }
}

function checked(exported: unknown, path: string, where: string): PricingModel {
  const refuse = (what: string): never => {
    throw new UserError({ where, what: `${path}: ${what}`, expected });
  };
  if (exported === null || typeof exported !== "object") return refuse("it has no default export");
  const { name, summary, information, fit } = exported as Partial<Record<keyof PricingModel, unknown>>;
  if (typeof name !== "string" || !/^[a-z][a-z0-9-]*$/.test(name)) return refuse("name is no kebab-case text");
  if (typeof summary !== "string") return refuse("summary is no text");
  if (information !== "prices" && information !== "lagged-surface") {
    return refuse('information is neither "prices" nor "lagged-surface"');
  }
  if (typeof fit !== "function") return refuse("fit is no function");
  return exported as PricingModel;
}
