import { readFile } from "node:fs/promises";
import type { Bundle } from "../../src/chain/bundle-schema.ts";
import { parseBundle } from "../../src/chain/parse-bundle.ts";
import { UserError } from "../../src/errors/user-error.ts";

/** @throws {UserError} when the file cannot be read or is no whole, unchanged bundle of this version */
export async function readBundle(file: string): Promise<Bundle> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const what = code === "ENOENT" ? "does not exist" : `cannot be read (${code})`;
    throw new UserError(
      { where: file, what, expected: "a bundle file, for example runs/NAME/bundles/NAME.json" },
      error,
    );
  }
  return parseBundle(text, file);
}
