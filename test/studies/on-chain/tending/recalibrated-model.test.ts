import { expect } from "chai";

import { MarketTape } from "../../../../sim/engine/market-tape.ts";
import { syntheticWorld } from "../../../../sim/engine/run-world.ts";
import { pricersOf, replicateRandom, trainingQuotes } from "../../../../sim/experiment/generalisation/replicate.ts";
import { ReportingRule } from "../../../../sim/oracle/reporting-rule.ts";
import { configOf } from "../../../../sim/experiment/generalisation/run-generalisation.ts";
import { recalibratedModel } from "../../../../sim/studies/on-chain/tending/recalibrated-model.ts";
import { digestOf } from "../../../../src/json/canonical-json.ts";
import { modelByName } from "../../../../src/models/models.ts";
import type { QuoteSet } from "../../../../src/models/pricing-model.ts";
import { createRandom } from "../../../../src/random/random.ts";
import { smallScenario } from "../../../experiment/scored-scenario.ts";

const scenario = smallScenario();
const { cycle } = scenario.keeper;
const start = Date.parse(scenario.clock.start) / 1000;
const HOUR = 3600;
const config = configOf({ scenario, masterSeed: 1 });
const pricers = pricersOf(config);
const base = modelByName("smile-level").fit(
  trainingQuotes(config, pricers, replicateRandom(config, 0)),
  createRandom(1),
);
const policy = { name: "recalibrated, 12 h", seconds: 12 * HOUR, halfLifeSeconds: Infinity };

/** A keeper at its desk; `spoil` changes quotes as they are read. */
function atDesk(spoil: (quotes: QuoteSet) => QuoteSet = (quotes) => quotes) {
  const { model, readings } = recalibratedModel(base, policy, cycle);
  const world = syntheticWorld(scenario, pricers, { severity: 1, seed: 0, masterSeed: 1 });
  const tape = new MarketTape(scenario, world, start, model.tape, createRandom(1, "tape"));
  const times = Array.from({ length: 288 }, (_, step) => start + 300 * step);
  const prices = times.map((time) => world.truth.spotAt(time));
  tape.posted(new ReportingRule(scenario.oracle).due(times, prices));
  const tending = model.tend({
    tape: { start, quotes: (from, to) => spoil(tape.quotes(from, to)) },
    random: createRandom(2),
    plateau: [start + 14 * HOUR, start + 42 * HOUR],
  });
  return { model, tending, readings };
}

const hashAt = (tending: ReturnType<typeof atDesk>["tending"], now: number) => digestOf(tending.modelAt(now).toJSON());

describe("a model that its keeper fits again", () => {
  it("is fitted anew once a cycle and no sooner, the same each time it is asked", () => {
    const { tending, readings } = atDesk();
    const first = tending.modelAt(start + 60);
    expect(tending.modelAt(start + 60)).to.equal(first);
    expect(tending.modelAt(start + 59 + cycle)).to.equal(first);
    expect(tending.modelAt(start + 60 + cycle)).to.not.equal(first);
    expect(readings()).to.deep.include({ fits: 2, failedFits: 0, fitsInPlateau: 0 });
    tending.modelAt(start + 20 * HOUR);
    expect(readings()).to.deep.include({ fits: 3, fitsInPlateau: 1 });
  });

  it("has, by hash, what quotes up to a cycle ago give, and the calm fit stays what it was", () => {
    const before = digestOf(base.toJSON());
    const now = start + 20 * HOUR;
    const spoiltFrom = (time: number) => (quotes: QuoteSet) => ({
      ...quotes,
      target: quotes.target.map((vol, row) => (quotes.time[row] > time ? 3 : vol)),
    });
    const honest = hashAt(atDesk().tending, now);
    expect(hashAt(atDesk(spoiltFrom(now - cycle)).tending, now)).to.equal(honest);
    expect(hashAt(atDesk(spoiltFrom(now - 2 * cycle)).tending, now)).to.not.equal(honest);
    expect(digestOf(base.toJSON())).to.equal(before);
    expect(digestOf(atDesk().model.toJSON())).to.equal(digestOf(recalibratedModel(base, policy, cycle).model.toJSON()));
  });

  it("keeps the model in force where the window does not determine one", () => {
    const { tending, readings } = atDesk((quotes) => ({ ...quotes, target: quotes.target.fill(-1) }));
    expect(tending.modelAt(start + 60)).to.equal(base);
    expect(readings()).to.deep.include({ fits: 0, failedFits: 1 });
  });
});
