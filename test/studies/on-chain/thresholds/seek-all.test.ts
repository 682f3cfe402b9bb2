import { expect } from "chai";
import fc from "fast-check";

import { InternalError } from "../../../../src/errors/internal-error.ts";
import type { RunSpec } from "../../../../sim/engine/run-record.ts";
import type { JudgedRun } from "../../../../sim/experiment/finished-run.ts";
import { PERFECT } from "../../../../sim/experiment/plan.ts";
import { groupRuns } from "../../../../sim/experiment/run-group.ts";
import { loadScenario } from "../../../../sim/scenarios/load-scenario.ts";
import { RunBook, type RunPlace } from "../../../../sim/studies/on-chain/thresholds/run-book.ts";
import { seekAll, type SearchPlan } from "../../../../sim/studies/on-chain/thresholds/seek-all.ts";
import { isBroken, vaultPredicates } from "../../../../sim/studies/on-chain/thresholds/vault-run.ts";

const { breaks: limits } = loadScenario("vol-shock");
const plan: Omit<SearchPlan, "places"> = {
  predicates: vaultPredicates,
  grid: [0, 0.25, 0.5, 0.75, 1],
  tolerance: 1 / 16,
  limits,
};

/** What a run loses, share of NAV, by its place and severity. */
type Loss = (spec: Pick<RunSpec, "model" | "preset" | "seed" | "severity">) => number;

function fakeRun(spec: RunSpec, loss: number): JudgedRun {
  const drawdown = { predicate: "economic" as const, excess: false, block: 0, text: "" };
  const summary = {
    ...{ spec, loss, values: Float64Array.of(100, 100 * (1 - loss)) },
    breaks: loss > limits.drawdown ? [drawdown] : [],
  };
  return { summary } as unknown as JudgedRun;
}

/** A book of such runs, and the batches that it made. */
function fakeBook(loss: Loss): { book: RunBook; batches: RunSpec[][] } {
  const batches: RunSpec[][] = [];
  const shared = { scenario: "fake", masterSeed: 1, feedback: true };
  const book = new RunBook(shared, (specs) => {
    batches.push([...specs]);
    // In another order than they were asked for, as processes may end in any.
    return Promise.resolve(specs.toReversed().map((spec) => fakeRun(spec, loss(spec))));
  });
  return { book, batches };
}

const places = (models: readonly string[], presets: readonly string[], seeds: number): RunPlace[] =>
  models.flatMap((model) =>
    presets.flatMap((preset) => Array.from({ length: seeds }, (_, seed) => ({ model, preset, seed }))),
  );

describe("search for all thresholds of vaults", () => {
  /** Perfect pricing loses 5 % at severity 1; a model twice to five times the limit, by seed. */
  const loss: Loss = ({ model, seed, severity }) =>
    model === PERFECT ? 0.05 * severity : 0.05 * severity + (0.2 + 0.1 * seed) * severity;

  it("brackets where each model's cost beyond perfect pricing, and its own loss, pass their limits", async () => {
    const { book } = fakeBook(loss);
    const found = await seekAll({ ...plan, places: places(["m"], ["A", "B"], 4) }, book);
    expect(found).to.have.length(2 * 4 * vaultPredicates.length);
    for (const { place, predicate, within, reenters } of found) {
      const slope = 0.2 + 0.1 * place.seed;
      const truth = predicate.excess ? limits.excessCost / slope : limits.drawdown / (slope + 0.05);
      expect(reenters).to.equal(false);
      if (predicate.name === "solvency") {
        expect(within).to.deep.equal({ low: 1, high: Infinity });
      } else {
        expect(within.low).to.be.at.most(truth);
        expect(within.high).to.be.at.least(truth);
        expect(within.high - within.low).to.be.at.most(plan.tolerance);
      }
    }
  });

  it("makes each run once, the grid in the first batch and a halving of all in each of the others", async () => {
    const { book, batches } = fakeBook(loss);
    await seekAll({ ...plan, places: places(["m", "n", PERFECT], ["A", "B"], 4) }, book);
    const keys = batches.flat().map(({ model, preset, seed, severity }) => `${model}|${preset}|${seed}|${severity}`);
    expect(new Set(keys).size).to.equal(keys.length);
    expect(book.size).to.equal(keys.length);
    expect(batches).to.have.length(3);
    expect(batches[0]).to.have.length(3 * 2 * 4 * 5);
    for (const { severity } of batches[0]) expect(plan.grid).to.include(severity);
    for (const { severity } of batches.slice(1).flat()) expect(plan.grid).not.to.include(severity);
  });

  it("judges every run by perfect pricing of its own preset, seed and severity", async () => {
    const { book } = fakeBook(loss);
    await seekAll({ ...plan, places: places(["m"], ["A"], 2) }, book);
    const at = { model: "m", preset: "A", seed: 1, severity: 0.5 };
    const perfect = book.perfectAt(at)!;
    expect(perfect.loss).to.equal(0.025);
    expect(isBroken(book.at(at)!, perfect, vaultPredicates[0], limits)).to.equal(true);
    expect(isBroken(book.at(at)!, book.at(at)!, vaultPredicates[0], limits)).to.equal(false);
  });

  it("finds of a model the same whatever else is sought, monotone or not", async () => {
    const wave = fc.record({
      level: fc.double({ min: 0, max: 0.3, noNaN: true }),
      turns: fc.integer({ min: 0, max: 9 }),
    });
    await fc.assert(
      fc.asyncProperty(wave, wave, async (one, other) => {
        const waves = { m: one, n: other };
        const wavy: Loss = ({ model, seed, severity }) => {
          if (model === PERFECT) return 0.02 * seed * severity;
          const { level, turns } = waves[model as "m" | "n"];
          return severity * (level + 0.15 * Math.sin(turns * severity + seed));
        };
        const alone = await seekAll({ ...plan, places: places(["m"], ["A"], 3) }, fakeBook(wavy).book);
        const both = await seekAll(
          { ...plan, places: places(["n", "m", PERFECT], ["B", "A"], 3) },
          fakeBook(wavy).book,
        );
        expect(both.filter(({ place }) => place.model === "m" && place.preset === "A")).to.deep.equal(alone);
      }),
      { numRuns: 40 },
    );
  });

  it("seeks of perfect pricing no excess over itself", async () => {
    const found = await seekAll({ ...plan, places: places([PERFECT], ["A"], 1) }, fakeBook(loss).book);
    expect(found.map(({ predicate }) => predicate.excess)).to.deep.equal([false, false]);
  });

  it("asks for runs of a world beside each other, perfect pricing as its own rung", async () => {
    const { book, batches } = fakeBook(loss);
    await seekAll({ ...plan, places: places(["m", "n"], ["A", "B"], 2) }, book);
    for (const batch of batches) {
      const worlds = batch.map(({ preset, severity, seed }) => `${preset}|${severity}|${seed}`);
      expect(worlds.filter((world, i) => world !== worlds[i - 1])).to.have.length(groupRuns(batch).length);
      for (const { model, rung } of batch) expect(rung).to.equal(model === PERFECT ? "P0" : undefined);
    }
  });

  it("fails rather than asks for ever where runs do not come", async () => {
    const empty = new RunBook({ scenario: "fake", masterSeed: 1, feedback: true }, () => Promise.resolve([]));
    const error: unknown = await seekAll({ ...plan, places: places(["m"], ["A"], 1) }, empty).catch((reason) => reason);
    expect(error).to.be.instanceOf(InternalError);
  });
});
