import { z } from "zod/v4";

import { didYouMean } from "../../src/errors/closest-name.ts";

/** What a schema found wrong: the field as a path, and what was expected against what was given. */
export function describeIssue(
  issue: z.core.$ZodIssue,
  value: unknown,
  schema: z.ZodType,
): { readonly path: string; readonly what: string } {
  if (issue.code === "unrecognized_keys") {
    const key = issue.keys[0];
    const known = fieldsAt(schema, issue.path, value);
    return { path: pathText([...issue.path, key]), what: `unknown field${didYouMean(key, known)}` };
  }
  const given = issue.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], value);
  const expected = issue.message.replace(/^[^:]*: (?=expected|must)/, "").replace(/, received .*$/, "");
  const got = given === undefined ? "nothing" : JSON.stringify(given);
  const hint = issue.code === "invalid_value" ? didYouMean(String(given), issue.values.map(String)) : "";
  return { path: pathText(issue.path), what: `${expected}, got ${got}${hint}` };
}

function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) => (typeof key === "number" ? `${text}[${key}]` : text === "" ? String(key) : `${text}.${String(key)}`),
    "",
  );
}

/** Names of the fields that the schema knows at a path. */
function fieldsAt(schema: z.ZodType, path: readonly PropertyKey[], value: unknown): string[] {
  let at = schema;
  let given = value;
  for (const key of path) {
    const inside = unwrap(at, given);
    if (inside instanceof z.ZodArray) at = inside.element as z.ZodType;
    else if (inside instanceof z.ZodObject) at = inside.shape[String(key)] as z.ZodType;
    else return [];
    given = (given as Record<PropertyKey, unknown> | undefined)?.[key];
  }
  const found = unwrap(at, given);
  return found instanceof z.ZodObject ? Object.keys(found.shape) : [];
}

/** The schema inside defaults, and inside a union the one of the given kind. */
function unwrap(schema: z.ZodType, given: unknown): z.ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return unwrap(schema.unwrap() as z.ZodType, given);
  }
  if (schema instanceof z.ZodDiscriminatedUnion) {
    const fits = schema.options.find(
      (option) =>
        option instanceof z.ZodObject && option.shape.kind.safeParse((given as { kind?: unknown }).kind).success,
    );
    return (fits ?? schema) as z.ZodType;
  }
  return schema;
}
