import { expect } from "chai";

import { costCoverageNote, intervalCoverages } from "../../sim/report/interval-coverage.ts";
import { renderReport } from "../../sim/report/report.ts";
import { resultsFixture } from "./results-fixture.ts";

describe("coverage of intervals", () => {
  it("stands beside the intervals of cost and among what to trust", () => {
    const page = renderReport(resultsFixture({ seeds: 8 }));
    expect(page).to.contain("Do the intervals hold what they promise?").and.to.contain("node bench/coverage.ts");
    expect(page).to.match(/Over 8\sseeds such an interval holds the true mean in 95\s% of experiments/);
  });

  it("is that of the next fewer seeds measured, and none where so few seeds have no interval", () => {
    expect(costCoverageNote(12)).to.contain("Over 8 seeds");
    expect(costCoverageNote(100)).to.contain("Over 32 seeds");
    expect(costCoverageNote(5)).to.equal("");
    expect(intervalCoverages(5).map(({ interval }) => interval)).to.not.include("excess cost, mean");
  });
});
