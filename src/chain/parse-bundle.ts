import type { z } from "zod/v4";
import { UserError } from "../errors/user-error.ts";
import { blockDigest, bundleDigest } from "./bundle-digest.ts";
import { BUNDLE_FORMAT, BUNDLE_VERSION, bundleSchema, type Bundle } from "./bundle-schema.ts";
import { engineKeccak } from "./engine-package.ts";

/**
 * Reads a bundle and checks that it is whole and unchanged. Whether it reproduces is for replay to say.
 * @param where - the file's name, for messages
 * @throws {UserError} when the text is cut short, is no bundle, has another version or was changed after recording
 */
export function parseBundle(text: string, where: string): Bundle {
  const json = parseJson(text, where);
  checkVersion(json, where);
  const parsed = bundleSchema.safeParse(json);
  if (!parsed.success) throw schemaError(parsed.error.issues[0], where);
  checkDigests(parsed.data, where);
  checkReferences(parsed.data, where);
  return parsed.data;
}

/** @returns the text of a bundle's file: the same bytes for the same run */
export function serializeBundle(bundle: Bundle): string {
  return `${JSON.stringify(bundle, undefined, 1)}\n`;
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const cut = text.trimEnd().endsWith("}") ? "is not valid JSON" : "is cut short or is not JSON";
    throw new UserError({ where, what: `${cut}: ${(error as Error).message}`, expected: "a whole bundle" }, error);
  }
}

function checkVersion(json: unknown, where: string): void {
  const { format, version } = (typeof json === "object" && json !== null ? json : {}) as Record<string, unknown>;
  if (format !== BUNDLE_FORMAT) {
    throw new UserError({ where, what: "is not a replay bundle", expected: `"format": "${BUNDLE_FORMAT}"` });
  }
  if (version !== BUNDLE_VERSION) {
    const what = `has bundle version ${JSON.stringify(version)}`;
    throw new UserError({
      where,
      what,
      expected: `version ${BUNDLE_VERSION}; replay it with the release that wrote it`,
    });
  }
}

function schemaError(issue: z.core.$ZodIssue, where: string): UserError {
  const field = fieldOf(issue.path);
  return new UserError({
    where: field === "" ? where : `${where}: ${field}`,
    what: issue.message.replace(/^Invalid input: /, ""),
  });
}

function fieldOf(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) => (typeof key === "number" ? `[${key}]` : `${index === 0 ? "" : "."}${String(key)}`))
    .join("");
}

function checkDigests(bundle: Bundle, where: string): void {
  const changed = [...bundle.setup, ...bundle.blocks].find((block) => block.digest !== blockDigest(block));
  const expected = "the file as it was written; its digests do not match";
  if (changed !== undefined) {
    throw new UserError({ where, what: `block ${changed.number} was changed after it was recorded`, expected });
  }
  if (bundle.digest !== bundleDigest(bundle)) {
    throw new UserError({ where, what: "was changed after it was recorded, outside its blocks", expected });
  }
}

function checkReferences(bundle: Bundle, where: string): void {
  const wrong = Object.entries(bundle.initcode).find(([hash, { code }]) => engineKeccak(code) !== hash);
  if (wrong !== undefined) {
    throw new UserError({ where: `${where}: initcode`, what: `the code under ${wrong[0]} has another hash` });
  }
  for (const block of [...bundle.setup, ...bundle.blocks]) {
    for (const call of block.calls) {
      const creates = call.initcode !== undefined && call.initcode in bundle.initcode;
      if ((call.to === null) === creates && (call.to === null || call.initcode === undefined)) continue;
      throw new UserError({
        where: `${where}: block ${block.number}`,
        what: `the call of ${call.agent} with nonce ${call.nonce} neither names a contract nor initcode that the bundle holds`,
      });
    }
    const { read } = block.expected;
    if (read !== null && read.call >= bundle.reads.length) {
      throw new UserError({
        where: `${where}: block ${block.number}`,
        what: `names read ${read.call}, which is missing`,
      });
    }
  }
}
