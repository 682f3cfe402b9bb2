import { expect } from "chai";
import picocolors from "picocolors";

import { headline, listing, renderTerminal, table } from "../../sim/report/terminal.ts";
import { verdict } from "../../sim/report/verdict.ts";
import type { Results } from "../../sim/results/results.ts";
import { fixtureWithBesides, historyFixture, resultsFixture } from "./results-fixture.ts";

const plain = picocolors.createColors(false);

/** The same results with one verdict for all models. */
function judged(results: Results, verdict: "broke" | "held" | "not shown"): Results {
  return {
    ...results,
    generalisation: {
      ...results.generalisation!,
      models: results.generalisation!.models.map((model) => ({
        ...model,
        versusAttainable: model.versusAttainable === null ? null : { ...model.versusAttainable, verdict },
      })),
    },
  };
}

describe("terminal verdict", () => {
  it("is one screen: the answer, two tables, the next commands", () => {
    const text = renderTerminal(resultsFixture(), "runs/vol-shock-1", plain);
    expect(text.split("\n").length).to.be.lessThan(40);
    expect(text).to.match(/How far does each model generalise\?.*vol points/);
    expect(text).to.match(/ {2}polynomial +1\.2 +23\.4 .* ≤ 0 +broke/);
    expect(text).to.match(/ {2}attainable \(control\) .* > 1/);
    expect(text).to.match(
      / {2}polynomial +27\.0 % \[18\.5, 35\.5\] +6\.8 % \[4\.3, 9\.2\] +91 % +economic, seed 3, block 71/,
    );
    expect(text).to.contain("report   runs/vol-shock-1/report.html");
    expect(text).to.contain("npx hardhat replay runs/vol-shock-1/bundles/polynomial-1-3.json");
    expect(text).to.contain("repeat   npx hardhat sim --scenario vol-shock --seed 1");
    expect(text).to.not.match(/NaN|undefined|null/);
  });

  it("tells what rungs and feedback add where they ran, and nothing of them otherwise", () => {
    const text = renderTerminal(fixtureWithBesides(), "runs/x", plain);
    expect(text).to.contain("FULL: P0 0.00, P1 +0.15, P2 +0.90, P3 +1.65; then ridge +15.70");
    expect(text).to.match(/What does feedback add\?[^]* polynomial +FULL +2\.0 % \[1\.0, 3\.0\]/);
    expect(text).to.not.match(/NaN|undefined|null/);
    expect(renderTerminal(resultsFixture(), "runs/x", plain)).to.not.match(/feedback|P0/);
  });

  it("ends the clause in which a surrogate of the truth is named, and speaks of no severity on history", () => {
    const base = historyFixture();
    const surrogate = "a market's price, which is no truth";
    const [, cost] = verdict({ ...base, history: { ...base.history!, surrogate } }).sentences;
    expect(cost).to.match(/^On chain .* a market's price, which is no truth, under /);
  });

  it("has no escape codes without colours, and some with them", () => {
    const colours = (on: boolean) => renderTerminal(resultsFixture(), "runs/x", picocolors.createColors(on));
    expect(colours(false)).to.not.contain("\u001b");
    expect(colours(true)).to.contain("\u001b");
  });

  it("says plainly that it held", () => {
    expect(verdict(judged(resultsFixture(), "held")).sentences[0]).to.match(/it held: all 5 models/);
  });

  it("says that nothing is shown when the sample is too small to tell", () => {
    const { sentences } = verdict(judged(resultsFixture({ seeds: 3 }), "not shown"));
    expect(sentences[0]).to.match(/neither is shown by 200 paths/);
    expect(sentences[1]).to.match(/with 3 seeds there is no interval, so nothing is shown/);
    expect(renderTerminal(resultsFixture({ seeds: 3 }), "runs/x", plain)).to.contain("27.0 % [n < 6]");
  });

  it("says so when no model is shown to cost anything", () => {
    const results = resultsFixture();
    const free = results.onChain.map((cell) => ({
      ...cell,
      excessCost: cell.excessCost === null ? null : { ...cell.excessCost, mean: 0.001, low: -0.01, high: 0.012 },
    }));
    expect(verdict({ ...results, onChain: free }).sentences[1]).to.match(
      /no model is shown to cost the vault anything/,
    );
  });

  it("calls failure on real history forecast failure, and names what cost is measured against", () => {
    const text = renderTerminal(historyFixture(), "runs/x", plain);
    expect(text).to.contain("How well does each forecast survive?");
    expect(text).to.contain("no truth");
    expect(text).to.contain("beyond Black–Scholes at realised vol over the life");
    expect(text).to.not.contain("beyond perfect pricing");
  });

  it("names the roles that never traded", () => {
    expect(renderTerminal(resultsFixture(), "runs/x", plain)).to.contain(
      "stale-price-sniper never traded in ridge FULL 0.5",
    );
  });

  it("puts the note of a heading below it where a line cannot hold both", () => {
    const lines = renderTerminal(historyFixture(), "runs/history-1", plain).split("\n");
    const heading = lines.findIndex((line) => line.startsWith("What does that cost the vault?"));
    expect(lines[heading].length).to.be.most(120);
    expect(lines.slice(heading, heading + 3).join(" ")).to.contain("share of NAV beyond");
  });

  it("keeps prose and lists within 120 columns, intervals and percentages unbroken", () => {
    const answer = "realised-vol errs by 12.5 % [10.1, 14.9] of vega under stress, ".repeat(9);
    const [study] = [{ name: "x", title: "X", question: "Why?", answer, charts: [], tables: [], notes: [] }];
    const text = renderTerminal({ ...resultsFixture(), studies: [study] }, "runs/x", plain);
    const told = text.slice(text.indexOf("Why?")).split("\n\n")[0]!.split("\n");
    expect(told.length).to.be.greaterThan(4);
    for (const line of told) expect(line).to.not.match(/.{121}|^ *%|\[[^\]]*$/);
    const listed = listing(["model", "what it is"], [["svi", answer]]).split("\n");
    expect(listed[2]).to.match(/^ {9}\S/);
    for (const line of listed) expect(line.length).to.be.most(120);
  });

  it("opens with what is run", () => {
    const facts = { scenario: "calm", models: 1, replicates: 200, seeds: 8, presets: ["OPEN", "FULL"], masterSeed: 7 };
    expect(headline(facts)).to.equal(
      "regimebreak  calm  1 model + controls  200 paths scored, 8 seeds on chain  presets OPEN and FULL  seed 7",
    );
  });

  it("aligns columns", () => {
    expect(
      table(
        ["a", "b"],
        [
          ["x", "10"],
          ["longer", "5"],
        ],
        [1],
      ),
    ).to.equal("  a        b\n  x       10\n  longer   5");
  });
});
