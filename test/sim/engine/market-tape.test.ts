import { expect } from "chai";

import { MarketTape, type TapeTerms } from "../../../sim/engine/market-tape.ts";
import { roundsBefore } from "../../../sim/engine/run-features.ts";
import { syntheticWorld } from "../../../sim/engine/run-world.ts";
import { loadScenario } from "../../../sim/scenarios/load-scenario.ts";
import { TruthPricers } from "../../../sim/world/truth-pricers.ts";
import { FeatureFeed } from "../../../src/models/feature-feed.ts";
import { createRandom } from "../../../src/random/random.ts";

const scenario = loadScenario("vol-shock");
const pricers = new TruthPricers(scenario.calm, scenario.crash, scenario.process);
const start = Date.parse(scenario.clock.start) / 1000;
const HOUR = 3600;
const step = 2 * HOUR;

function tapeOf(severity: number, terms: TapeTerms = { step }): MarketTape {
  const spec = { severity, seed: 1, masterSeed: 1 };
  return new MarketTape(scenario, syntheticWorld(scenario, pricers, spec), start, terms, createRandom(1, "tape"));
}

describe("the market on tape", () => {
  const { tenors, moneyness } = scenario.training;
  const perSurface = tenors.length * moneyness.length;

  it("has the surfaces of the window alone, each a day of its own, in training's design", () => {
    const quotes = tapeOf(1).quotes(start - 12 * HOUR, start);
    expect(quotes.target.length).to.equal(6 * perSurface);
    expect(quotes.time[0]).to.be.greaterThan(start - 12 * HOUR);
    expect(quotes.time[quotes.time.length - 1]).to.equal(start);
    expect(quotes.day[quotes.day.length - 1]).to.equal(5);
    expect(quotes.features.years[0]).to.equal(tenors[0] / 365);
  });

  it("is quotes of the truth with the scenario's noise", () => {
    const quotes = tapeOf(0).quotes(start - 48 * HOUR, start + 40 * HOUR);
    const errors = quotes.target.map((vol, row) => vol - quotes.clean[row]);
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    const sd = Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length);
    expect(mean).to.be.closeTo(0, 4 * (scenario.quoteNoise / Math.sqrt(errors.length)));
    expect(sd).to.be.closeTo(scenario.quoteNoise, 0.1 * scenario.quoteNoise);
  });

  it("does not depend on when it is read, and knows nothing of what comes after", () => {
    const whole = tapeOf(1).quotes(start - 12 * HOUR, start + 10 * HOUR);
    const piecewise = tapeOf(1);
    piecewise.quotes(start - 12 * HOUR, start);
    expect(piecewise.quotes(start - 12 * HOUR, start + 10 * HOUR)).to.deep.equal(whole);
    // Severity rises twelve hours into the run: before that, calm and stress are one path.
    expect(tapeOf(0).quotes(start - 12 * HOUR, start + 10 * HOUR)).to.deep.equal(whole);
  });

  it("has the features that the feed's rounds give by then", () => {
    const world = syntheticWorld(scenario, pricers, { severity: 1, seed: 1, masterSeed: 1 });
    const { shortVol, spot } = new FeatureFeed(roundsBefore({ scenario, world })).at(start);
    const quotes = tapeOf(1).quotes(start - step, start + 1);
    const last = quotes.target.length - 1;
    expect(quotes.features.shortVol[last]).to.equal(shortVol);
    expect(spot).to.be.greaterThan(0);
  });

  it("lets an adversary move its share of the quotes and leaves the others as they were", () => {
    const honest = tapeOf(1).quotes(start - 24 * HOUR, start);
    const manipulation = { share: 0.2, shift: -0.3 };
    const moved = tapeOf(1, { step, manipulation }).quotes(start - 24 * HOUR, start);
    const changed = Array.from(honest.target.keys()).filter((row) => moved.target[row] !== honest.target[row]);
    expect(changed.length / honest.target.length).to.be.closeTo(0.2, 0.06);
    for (const row of changed) {
      expect(moved.target[row]).to.be.closeTo(Math.max(0.01, honest.target[row] - 0.3), 1e-12);
    }
  });
});
