import { expect } from "chai";

import { resultsSchema } from "../../sim/results/results.ts";
import { historyFixture, resultsFixture } from "./results-fixture.ts";

describe("results fixture", () => {
  it("is what the schema calls results, synthetic or from history, with few seeds or many", () => {
    for (const results of [resultsFixture(), resultsFixture({ seeds: 3 }), historyFixture()]) {
      const written: unknown = JSON.parse(JSON.stringify(results));
      expect(resultsSchema.parse(written)).to.deep.equal(written);
    }
  });
});
