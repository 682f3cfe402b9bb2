import { expect } from "chai";
import fc from "fast-check";

import { firstPassage } from "../../../sim/experiment/generalisation/breaking-point.ts";
import {
  prepareReplicates,
  pricersOf,
  replicateRandom,
  scoreReplicates,
} from "../../../sim/experiment/generalisation/replicate.ts";
import { configOf } from "../../../sim/experiment/generalisation/run-generalisation.ts";
import { studySchema } from "../../../sim/results/study.ts";
import { breakingPoints } from "../../../sim/studies/shift/breaking-points.ts";
import { bisect, SeedWorld, TOLERANCE } from "../../../sim/studies/shift/breaking-points/seed-thresholds.ts";
import { fittedDraw } from "../../../sim/studies/shared/fitted-draw.ts";
import { smallScenario } from "../../experiment/scored-scenario.ts";
import { offChainContext } from "../study-context.ts";

const severities = [0, 0.25, 0.5, 0.75, 1];

describe("bisection of a seed's breaking point", () => {
  const found = (curve: (severity: number) => number, threshold: number, placeboExcess = 0) =>
    bisect(severities, { excess: severities.map(curve), threshold, placeboExcess }, curve);

  it("holds the true threshold of a rising curve in an interval no wider than its tolerance", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 0.999, noNaN: true }), (truth) => {
        const { within, reenters } = found((severity) => severity - truth, 0);
        expect(within.low).to.be.at.most(truth);
        expect(within.high).to.be.at.least(truth);
        expect(within.high - within.low).to.be.at.most(TOLERANCE);
        expect(reenters).to.equal(false);
      }),
    );
  });

  it("lies in the cell in which the grid sees the first passage", () => {
    const curve = (severity: number) => 20 * severity ** 3;
    const { within } = found(curve, 3);
    const { at } = firstPassage(severities, severities.map(curve), 3, 0);
    expect(Math.floor(4 * at)).to.equal(Math.floor(4 * within.low));
    expect(within.low).to.be.at.most(Math.cbrt(3 / 20));
  });

  it("is censored where calm breaks or nothing does, and counts a return under the threshold", () => {
    expect(found(() => 0, 5, 6).within).to.deep.equal({ low: -Infinity, high: 0 });
    expect(found(() => 0, 5).within).to.deep.equal({ low: 1, high: Infinity });
    expect(found((severity) => (severity === 0.5 ? 10 : 0), 5).reenters).to.equal(true);
  });
});

describe("breaking-points study", function () {
  this.timeout(30_000);
  const scenario = smallScenario({ severities: [0, 0.5, 1], replicates: 8 });

  it("bisects on the very paths that the grid scores", () => {
    const config = configOf({ scenario, models: ["constant"], masterSeed: 1 });
    const prepared = prepareReplicates(config);
    const pricers = pricersOf(config);
    const [replicate] = scoreReplicates(config, prepared, 3, 4);
    const world = new SeedWorld(config, pricers, prepared.rules, replicateRandom(config, 3));
    const model = fittedDraw(config, pricers, 3).get("constant")!;
    const errorsOf = (name: string) => {
      const errors = replicate.models[name];
      if ("failure" in errors) throw new Error(errors.failure);
      return errors;
    };
    const [own, control] = [errorsOf("constant"), errorsOf("attainable")];
    const gap = (errors: typeof own, s: number) => errors.stress[s][0].listed.rmse - errors.calm[0].listed.rmse;
    for (const s of [1, 2])
      expect(world.excess(model, config.severities[s])).to.be.closeTo(gap(own, s) - gap(control, s), 1e-9);
    expect(world.calm(model).error).to.be.closeTo(own.calm[0].listed.rmse, 1e-9);
  });

  it("answers in the schema, the same each time, and withholds the 5 % point of few seeds", async () => {
    const context = offChainContext(scenario, ["constant", "realised-vol"]);
    const result = await breakingPoints.run(context);
    expect(studySchema.parse(JSON.parse(JSON.stringify(result)))).to.deep.equal(result);
    expect(await breakingPoints.run(context)).to.deep.equal(result);
    expect(result.tables[0].rows.map((row) => row[3])).to.deep.equal(["–", "–"]);
    const [chart] = result.charts;
    if (chart.kind !== "lines") throw new Error("a distribution is lines");
    for (const { points } of chart.series)
      for (let i = 1; i < points.length; i++) expect(points[i].y).to.be.at.least(points[i - 1].y!);
  });
});
