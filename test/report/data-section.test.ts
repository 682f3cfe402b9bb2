import { expect } from "chai";

import { generatedData, recordedData } from "../../sim/report/sections/data-section.ts";
import { comparisonParts } from "../../sim/report/sections/history-comparison.ts";
import { historyFixture, resultsFixture } from "./results-fixture.ts";

const text = (html: { readonly markup: string }) => html.markup.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");

describe("data section of the report", () => {
  const history = historyFixture().history!;

  it("says of each file what it holds, what was wrong, in which lines, and by which rule it was repaired", () => {
    const shown = text(recordedData(history));
    expect(shown).to.contain("eth_usdt_1h.csv: 3 faults repaired by drop, 3 rows left out; 7 rows missing in 2 gaps.");
    expect(shown).to.contain("options.csv: no fault found, 0 gaps.");
    expect(shown).to.match(/close is empty \(column 5\) 3 17, 18, 40 drop/);
    expect(shown).to.match(/5 h from \d{4}-/);
    expect(shown).to.contain("3e-6 coins in the median");
  });

  it("says of generated quotes how many have no implied vol, and that there is no recorded data", () => {
    const shown = text(generatedData(resultsFixture().generalisation!));
    expect(shown).to.contain("This run has no recorded data");
    expect(shown).to.contain("At most 0.20 % of the quotes");
  });
});

describe("comparison of forecasts in the report", () => {
  const history = historyFixture().history!;

  it("names the pairs that are told apart, which way, and shows no p inside a window", () => {
    const shown = text(comparisonParts(history));
    expect(shown).to.contain("realised-vol loses less than constant; polynomial loses more than constant");
    expect(shown).to.contain("in first-crash, no p");
    expect(shown).to.contain("Place of each stress window among 40 random calm windows of 10 days");
  });

  it("says why there is no statement over all windows", () => {
    expect(text(comparisonParts({ ...history, across: [] }))).to.contain("no statement, for want of two of them");
  });
});
