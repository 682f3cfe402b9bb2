import { expect } from "chai";

import { Chance } from "../../sim/experiment/generalisation/chance.ts";
import { compareModels } from "../../sim/experiment/generalisation/comparisons.ts";
import { foretold, TrainedFeatures } from "../../sim/experiment/generalisation/distance.ts";
import { bandsOf, beyondAttainable } from "../../sim/experiment/generalisation/gap-curves.ts";
import type { PairedModel } from "../../sim/experiment/generalisation/paired-model.ts";
import { scoreQuotes } from "../../sim/experiment/generalisation/quote-errors.ts";
import type { Cell, ModelReplicate } from "../../sim/experiment/generalisation/replicate.ts";
import { configOf } from "../../sim/experiment/generalisation/run-generalisation.ts";
import { sampleOf } from "../../sim/experiment/generalisation/sample.ts";
import { createFeatureTable } from "../../src/models/feature-pipeline.ts";
import { smallScenario } from "./scored-scenario.ts";

// Severities 0, 0.5 and 1, one age.
const config = configOf({ scenario: smallScenario(), models: ["constant"], masterSeed: 5 });

/** A cell whose error is `error` vol points. */
function cell(error: number): Cell {
  const one = Float64Array.of(1);
  const quotes = { truth: Float64Array.of(0.5), weight: one, vega: one };
  const errors = scoreQuotes(quotes, Float64Array.of(0.5 + error / 100), [0.01, 10], config.trade);
  return { listed: errors, standardised: errors, priceBp: 0 };
}

/** A replicate with no error in calm and these under stress. */
function replicate(half: number, full: number): ModelReplicate {
  const calm = [cell(0)];
  return {
    fitNoisy: 0,
    fitClean: 0,
    calm,
    placebo: calm,
    stress: [calm, [cell(half)], [cell(full)]],
    primaryErrors: [],
  };
}

function paired(name: string, n: number, errors: (i: number) => [number, number]): PairedModel {
  const indices = Array.from({ length: n }, (_, i) => i);
  return {
    name,
    indices,
    own: indices.map((i) => replicate(...errors(i))),
    control: indices.map(() => replicate(0, 0)),
    failures: [],
  };
}

describe("the band of a curve of gaps", () => {
  const chance = new Chance(1);

  it("is absent at severity 0 and below twenty replicates, and holds the pointwise interval elsewhere", () => {
    const model = paired("m", 60, (i) => [10 + ((i * 7) % 60) / 10, 20 + ((i * 13) % 60) / 10]);
    const [none, half, full] = bandsOf(config, model, 0, "listed", chance);
    expect(none).to.equal(null);
    const pointwise = sampleOf(model.own.map(({ stress }) => stress[1][0].listed.rmse));
    expect(half!.low).to.be.at.most(pointwise.low!);
    expect(half!.high).to.be.at.least(pointwise.high!);
    expect(full!.low).to.be.within(20, 23);
    expect(half!.meanLow).to.be.within(half!.low, pointwise.mean!);
    expect(
      bandsOf(
        config,
        paired("m", 19, () => [1, 2]),
        0,
        "listed",
        chance,
      ),
    ).to.deep.equal([null, null, null]);
  });
});

describe("gaps beyond attainable at every severity", () => {
  it("are adjusted by Holm over models and severities together: a hand-worked family of four", () => {
    // 10 of 10 above half a point is 1/1024, none of them 1.
    const strong = paired("strong", 10, () => [3, 9]);
    const weak = paired("weak", 10, () => [0, 0.1]);
    const [[none, half, full], [, weakHalf, weakFull]] = beyondAttainable(config, [strong, weak], 0, "listed");
    expect(none).to.equal(null);
    expect(half!.pValue).to.be.closeTo(1 / 1024, 1e-12);
    // The two smallest of four: 4/1024, then max(4/1024, 3/1024).
    for (const cell of [half!, full!]) expect(cell.adjustedPValue).to.be.closeTo(4 / 1024, 1e-12);
    for (const cell of [weakHalf!, weakFull!]) expect(cell.adjustedPValue).to.equal(1);
    expect(full!.d.median).to.be.closeTo(9, 1e-9);
  });
});

describe("models compared pair by pair", () => {
  it("are paired by replicate where both were fitted: the first less the second, by sign flips, after Holm", () => {
    const a = paired("a", 10, (i) => [0, 5 + i]);
    const b = { ...paired("b", 8, (i) => [0, 9 + i]), indices: [2, 3, 4, 5, 6, 7, 8, 9] };
    const c = paired("c", 10, (i) => [0, i % 2 === 0 ? 6 + i : 4 + i]);
    const pairs = compareModels([a, b, c], 2, new Chance(1));
    expect(pairs.map(({ model, other }) => [model, other])).to.deep.equal([
      ["a", "b"],
      ["a", "c"],
      ["b", "c"],
    ]);
    // Replicate 2 + i has 7 + i for a and 9 + i for b: two points in each of eight, 2 of 256 sign patterns.
    expect(pairs[0].difference).to.include({ n: 8 });
    expect(pairs[0].difference.median).to.be.closeTo(-2, 1e-9);
    expect(pairs[0].pValue).to.equal(2 / 256);
    expect(pairs[0].adjustedPValue).to.be.closeTo(6 / 256, 1e-12);
    expect(pairs[1].pValue).to.equal(1);
  });

  it("are left out where they share fewer than six replicates", () => {
    const a = paired("a", 10, () => [0, 5]);
    const b = { ...paired("b", 6, () => [0, 9]), indices: [5, 6, 7, 8, 9, 10] };
    expect(compareModels([a, b], 2, new Chance(1))).to.deep.equal([]);
  });
});

describe("distance by features", () => {
  const table = createFeatureTable(5);
  table.shortVol.set([0, 1, 2, 4, 1]);
  table.longVol.set([7, 7, 7, 7, 8]);
  table.years.set([0.1, 0.2, 0.3, 0.2, 0.2]);
  const training = createFeatureTable(3);
  training.shortVol.set([0, 1, 2]);
  training.longVol.set([7, 7, 7]);
  training.years.set([0.1, 0.2, 0.3]);
  const trained = new TrainedFeatures(training, [0, 1, 2]);

  it("is √(2E|X − y| − E|X − X'|) in standard deviations of training: √(6 − 8/9) at 4 from 0, 1, 2", () => {
    expect(trained.energy(table, 3)).to.be.closeTo(Math.sqrt(6 - 8 / 9), 1e-12);
    // 1 from the middle: 2 · 2/3 − 8/9. A feature that never varied has no scale and does not count.
    expect(trained.energy(table, 1)).to.be.closeTo(Math.sqrt(4 / 9), 1e-12);
    expect(trained.energy(table, 4)).to.be.closeTo(Math.sqrt(4 / 9), 1e-12);
  });

  it("counts quotes with any feature outside its range, and features of those that varied", () => {
    expect(trained.outside(table, 0, 3)).to.deep.equal({ quotes: 0, features: 0 });
    expect(trained.outside(table, 2, 4)).to.deep.equal({ quotes: 0.5, features: 0.25 });
  });
});

describe("a gap foretold by distance", () => {
  const distances = Array.from({ length: 12 }, (_, i) => i * i);

  it("is the rank correlation: one where the order is the same, with an interval where it is not quite", () => {
    const swapped = [1, 0, ...Array.from({ length: 10 }, (_, i) => i + 2)];
    // 1 − 6 Σd²/(n(n² − 1)) with two ranks one apart.
    expect(foretold(distances, swapped)!.rho).to.be.closeTo(1 - (6 * 2) / (12 * 143), 1e-12);
    expect(foretold(distances, swapped)!.low).to.be.within(0.9, 0.99);
  });

  it("is nothing of too few replicates, or of gaps that are all the same", () => {
    expect(foretold(distances.slice(0, 9), distances.slice(0, 9))).to.equal(null);
    expect(
      foretold(
        distances,
        distances.map(() => 3),
      ),
    ).to.equal(null);
  });
});

describe("a sample over replicates", () => {
  it("has a 90 % quantile with an interval, whose upper end is absent where no value gives it", () => {
    const many = sampleOf(Array.from({ length: 200 }, (_, i) => i + 1));
    // B(200, 0.9): P(B < 171) = 0.0163 and P(B ≥ 189) = 0.0168 are the largest tails under 2.5 %.
    expect([many.q90Low, many.q90High]).to.deep.equal([171, 189]);
    expect(sampleOf([1, 2, 3, 4, 5, 6, 7, 8])).to.include({ q90High: null });
  });
});
