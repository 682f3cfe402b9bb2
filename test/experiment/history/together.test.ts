import { expect } from "chai";

import { acrossWindows } from "../../../sim/experiment/history/across-windows.ts";
import { compareForecasts } from "../../../sim/experiment/history/compare-forecasts.ts";
import { longestHole } from "../../../sim/experiment/history/holes.ts";
import { scoreHistory } from "../../../sim/experiment/history/score-history.ts";
import type { TrainedTest } from "../../../sim/experiment/history/trained-test.ts";
import { historySchema } from "../../../sim/results/history.ts";
import { loadScenario } from "../../../sim/scenarios/load-scenario.ts";
import { createRandom } from "../../../src/random/random.ts";
import { madeBars } from "../made-bars.ts";

const DAY = 86_400;
/** Vols that vary about 50 %, and 150 % in two spells of ten days. */
const isCrash = (day: number) => (day >= 100 && day < 110) || (day >= 300 && day < 310);
const bars = madeBars(640, (day) => (isCrash(day) ? 1.5 : 0.5 + 0.15 * Math.sin(day / 5)));
const start = bars.times[0];
const market = { scenario: loadScenario("vol-shock"), bars };
const calm = { from: start + 32 * DAY, to: start + 92 * DAY };

function trained(name: string, firstDay: number): TrainedTest {
  const stress = { from: start + firstDay * DAY, to: start + (firstDay + 8) * DAY };
  const prices = { file: "made.csv", sha256: "0".repeat(64), rows: bars.times.length };
  const models = ["constant", "realised-vol"];
  const { fitted } = scoreHistory({ ...market, calm, stress, models, masterSeed: 1, prices, repairs: [] });
  return { test: { name, why: "made", calm, stress }, fitted };
}

const tests = [trained("first", 101), trained("second", 301)];

describe("forecasts compared after training", () => {
  const found = compareForecasts(market, tests, undefined);

  it("rest on every origin from the end of training to the end of the file, none of which overlap", () => {
    const [all, calmOnes] = found;
    expect(found.map(({ span }) => span)).to.deep.equal(["all", "outside-stress"]);
    expect(all).to.include({ from: calm.to, origins: 640 - 92, leftOut: 0 });
    expect(calmOnes.origins).to.equal(all.origins - 16);
    expect(all.tests).to.deep.equal(["first", "second"]);
    expect(historySchema.shape.comparisons.parse(found)).to.deep.equal(found);
  });

  it("set every model against HAR, the best constant and realised vol, each pair once", () => {
    const pairs = found[0].rows.map(({ model, against }) => [model, against].sort().join(" "));
    expect(new Set(pairs).size).to.equal(pairs.length);
    for (const pair of ["constant har", "best-constant realised-vol", "constant realised-vol"])
      expect(pairs).to.include(pair);
  });

  it("have a mean difference and no test inside a window", () => {
    for (const { windows } of found[0].rows) {
      expect(windows.map(({ name, origins }) => [name, origins])).to.deep.equal([
        ["first", 8],
        ["second", 8],
      ]);
      for (const window of windows) expect(window).to.not.have.property("p");
    }
  });

  it("never have an adjusted p below the raw one", () => {
    for (const { rows } of found) for (const { p, adjusted } of rows) expect(adjusted).to.be.at.least(p!);
  });

  it("leave out origins whose prices have a hole, and count them", () => {
    const kept = [...bars.times.keys()].filter(
      (i) => bars.times[i] < start + 200 * DAY || bars.times[i] >= start + 203 * DAY,
    );
    const pick = (column: Float64Array) => Float64Array.from(kept, (i) => column[i]);
    const holed = {
      ...bars,
      times: pick(bars.times),
      opens: pick(bars.opens),
      highs: pick(bars.highs),
      lows: pick(bars.lows),
      closes: pick(bars.closes),
    };
    expect(longestHole(holed, { from: start + 199 * DAY, to: start + 204 * DAY })).to.equal(3 * DAY);
    expect(longestHole(holed, { from: start + 203 * DAY, to: start + 204 * DAY })).to.equal(0);
    const [all] = compareForecasts({ ...market, bars: holed }, tests, undefined);
    // The three days, and the fourteen after them that remember them.
    expect([all.leftOut, all.origins]).to.deep.equal([17, 640 - 92 - 17]);
  });
});

describe("stress windows together", () => {
  const random = createRandom(1, "across");

  it("lie above every calm window where the constant meets triple vol, with the exact p", () => {
    const [found] = acrossWindows(market, tests, undefined, random);
    expect(historySchema.shape.across.element.parse(found)).to.deep.equal(found);
    expect(found).to.include({ loss: "qlike", nullDays: 8, isComplete: true });
    expect(found.nullWindows).to.be.at.least(30);
    const constant = found.rows.find(({ model }) => model === "constant")!;
    const blocks = found.nullWindows + 2;
    expect(constant.places).to.deep.equal([1, 1]);
    expect(constant.p).to.be.closeTo(2 / (blocks * (blocks - 1)), 1e-12);
  });

  it("say nothing of one window alone, or of a file without thirty calm ones", () => {
    expect(acrossWindows(market, tests.slice(0, 1), undefined, random)).to.deep.equal([]);
    const [first, second] = tests;
    const last = start + 320 * DAY;
    const count = bars.times.findIndex((time) => time >= last);
    const cut = Object.fromEntries(
      (["times", "opens", "highs", "lows", "closes"] as const).map((name) => [name, bars[name].slice(0, count)]),
    );
    expect(acrossWindows({ ...market, bars: { ...bars, ...cut } }, [first, second], undefined, random)).to.deep.equal(
      [],
    );
  });
});
