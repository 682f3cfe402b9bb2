import { expect } from "chai";

import { UserError } from "../../../src/errors/user-error.ts";
import { buildClock } from "../../../sim/scenarios/clock.ts";
import { loadScenario } from "../../../sim/scenarios/load-scenario.ts";
import type { Scenario } from "../../../sim/scenarios/scenario.ts";
import { shippedScenarios } from "../../../sim/scenarios/shipped.ts";

function withClock(change: Partial<Scenario["clock"]>): Scenario {
  const scenario = loadScenario("vol-shock");
  return { ...scenario, clock: { ...scenario.clock, ...change } };
}

describe("clock", () => {
  for (const { name } of shippedScenarios) {
    it(`of ${name} has exactly its blocks, increasing in whole seconds, the last at the horizon`, () => {
      const scenario = loadScenario(name);
      const { times, start } = buildClock(scenario, name);
      expect(times).to.have.length(scenario.clock.blocks);
      times.forEach((time, index) => expect(time).to.be.greaterThan(times[index - 1] ?? start));
      expect(times.every(Number.isInteger)).to.equal(true);
      expect(times.at(-1)).to.equal(start + scenario.clock.horizon);
    });

    it(`of ${name} closes an epoch before the onset and settles an expiry within the run`, () => {
      const scenario = loadScenario(name);
      const clock = buildClock(scenario, name);
      const untilMidnight = 86_400 - (clock.start % 86_400);
      expect(untilMidnight).to.be.lessThan(scenario.profile.onset);
      expect(clock.expiries[0] % 86_400).to.equal(8 * 3600);
      expect(clock.times.some((time) => time >= clock.expiries[0])).to.equal(true);
    });
  }

  it("has a block at every step of a dense span", () => {
    const scenario = withClock({ dense: [{ from: 3600, for: 60, step: 12 }], coarse: [...allCoarse] });
    const { times, start } = buildClock(scenario, "x");
    for (const offset of [0, 12, 24, 36, 48, 60]) expect(times).to.include(start + 3600 + offset);
  });

  it("spreads the other blocks evenly", () => {
    const { times, start } = buildClock(withClock({ dense: [], coarse: [...allCoarse] }), "x");
    const gaps = times.map((time, index) => time - (times[index - 1] ?? start));
    expect(Math.max(...gaps) - Math.min(...gaps)).to.be.at.most(1);
  });

  it("refuses a dense span that reaches beyond the horizon", () => {
    const scenario = withClock({ dense: [{ from: 172_000, for: 3600, step: 60 }] });
    expect(() => buildClock(scenario, "mine.json")).to.throw(UserError, "mine.json: clock.dense[0]");
  });

  it("refuses spans that overlap", () => {
    const dense = [
      { from: 3600, for: 600, step: 60 },
      { from: 4000, for: 600, step: 60 },
    ];
    expect(() => buildClock(withClock({ dense }), "mine.json")).to.throw(UserError, "clock.dense[1]");
  });

  it("refuses more dense blocks than there are", () => {
    const scenario = withClock({ dense: [{ from: 3600, for: 3600, step: 12 }], coarse: [...allCoarse] });
    expect(() => buildClock(scenario, "mine.json")).to.throw(UserError, "clock.blocks: 96 blocks do not fit");
  });

  it("refuses a settlement window that spans fewer than three blocks, unless it is listed as coarse", () => {
    const coarse = allCoarse.filter((name) => name !== "settlement-window");
    expect(() => buildClock(withClock({ dense: [], coarse }), "mine.json")).to.throw(UserError, "settlement-window");
    expect(() => buildClock(withClock({ dense: [], coarse: [...allCoarse] }), "mine.json")).not.to.throw();
  });

  it("refuses a coarse duration that does not exist", () => {
    const scenario = withClock({ coarse: ["settlement"] });
    expect(() => buildClock(scenario, "mine.json")).to.throw(UserError, 'no protocol duration is called "settlement"');
  });
});

const allCoarse = [
  "auction-first-phase",
  "auction-second-phase",
  "auction-insolvent-phase",
  "hedge-interval",
  "surface-staleness",
  "settlement-window",
];
