"use strict";
/*
 * Puts beside the built modules what they read at run time, at the same relative places as in the source tree: compiled
 * contracts, the report's assets, the results' schema, and name and version.
 */
const { cpSync, readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");

const root = join(__dirname, "..");
const dist = join(root, "dist");

for (const path of ["artifacts/contracts", "sim/report/assets", "sim/results/results.schema.json"])
  cpSync(join(root, path), join(dist, path), { recursive: true });

const { name, version, type } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
writeFileSync(join(dist, "package.json"), `${JSON.stringify({ name, version, type }, null, 2)}\n`);
