import { readFileSync } from "node:fs";

import { expect } from "chai";

import { finiteOrNull, sampleSchema } from "../../sim/results/parts.ts";
import { resultsJsonSchema } from "../../sim/results/results.ts";

describe("results schema", () => {
  it("ships as JSON Schema exactly as the code states it", () => {
    const shipped = readFileSync(new URL("../../sim/results/results.schema.json", import.meta.url), "utf8");
    expect(JSON.parse(shipped)).to.deep.equal(JSON.parse(JSON.stringify(resultsJsonSchema())));
  });

  it("refuses NaN and infinities, which JSON would turn into null behind our back", () => {
    const sample = { median: 1, low: null, high: null, mean: 1, q90: 1, q90Low: null, q90High: null, n: 3 };
    expect(sampleSchema.safeParse(sample).success).to.equal(true);
    for (const mean of [Number.NaN, Number.POSITIVE_INFINITY])
      expect(sampleSchema.safeParse({ ...sample, mean }).success).to.equal(false);
  });

  it("refuses fields that the schema does not name", () => {
    const sample = { median: 1, low: null, high: null, mean: 1, q90: 1, q90Low: null, q90High: null, n: 3, average: 1 };
    expect(sampleSchema.safeParse(sample).success).to.equal(false);
  });

  it("keeps finite numbers and says null for all others", () => {
    expect([0, -1.5, Number.NaN, Infinity, null, undefined].map(finiteOrNull)).to.deep.equal([
      0,
      -1.5,
      null,
      null,
      null,
      null,
    ]);
  });
});
