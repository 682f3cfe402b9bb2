import { expect } from "chai";

import { studySchema } from "../../../sim/results/study.ts";
import { monitors } from "../../../sim/studies/warning/monitoring/monitors.ts";
import { monitoringOver } from "../../../sim/studies/warning/monitoring.ts";
import { overfittingParts } from "../../../sim/studies/warning/monitoring/overfitting-alarm.ts";
import { createRandom } from "../../../src/random/random.ts";
import { smallScenario } from "../../experiment/scored-scenario.ts";
import { offChainContext } from "../study-context.ts";

describe("noticing the shift", () => {
  it("answers with delays, drift and the overfitting alarm, the same each time", async () => {
    const context = offChainContext(smallScenario({ severities: [0, 1] }), ["constant", "realised-vol", "smile-level"]);
    const study = monitoringOver(10);
    const result = await study.run(context);
    expect(studySchema.parse(JSON.parse(JSON.stringify(result)))).to.deep.equal(result);
    expect(await study.run(context)).to.deep.equal(result);
    const [delays] = result.charts;
    if (delays.kind !== "lines") throw new Error("lines expected");
    expect(delays.series.map(({ name }) => name)).to.deep.equal(monitors.map(({ name }) => name));
    // Looser thresholds alarm more often and never later.
    for (const { points } of delays.series) {
      for (let i = 1; i < points.length; i++) {
        expect(points[i].x).to.be.at.least(points[i - 1].x);
        expect(points[i].y ?? Infinity).to.be.at.most(points[i - 1].y ?? Infinity);
      }
    }
  });
});

describe("monitors", () => {
  it("stay low on calm noise and rise with a level that has moved", () => {
    const random = createRandom(1, "monitors");
    const noise = Float64Array.from({ length: 80 }, (_, t) => 0.1 * random.normal(t, 0));
    const moved = noise.map((value, t) => value + (t >= 40 ? 1 : 0));
    const trained = Float64Array.from({ length: 60 }, (_, t) => 0.1 * random.normal(t, 1));
    for (const { name, statistic } of monitors) {
      const peak = (values: Float64Array) => {
        return Math.max(...statistic({ logVol: values, error: values, calibration: 40 }, trained).slice(40));
      };
      expect(peak(moved), name).to.be.greaterThan(1.5 * peak(noise) - 1e-9);
    }
  });
});

describe("overfitting alarm", () => {
  const one = (replicate: number, model: string, heldOut: number, fresh: number) => ({
    replicate,
    model,
    fit: 2,
    heldOut,
    fresh,
  });

  it("has an area of one where held-out error foretells all optimism", () => {
    const evidence = [0, 1, 2, 3, 4, 5].flatMap((r) => [one(r, "sound", 2.5, 3), one(r, "overfitted", 9, 30)]);
    const { answer, charts, tables } = overfittingParts(evidence);
    expect(answer).to.contain("area of 1.00");
    expect(charts[0].series[0].points[0]).to.include({ x: 0, y: 1 });
    expect(tables[0].rows.map((row) => row[4])).to.deep.equal([0, 100]);
  });

  it("cannot be judged when no fit is optimistic", () => {
    const { charts, notes } = overfittingParts([0, 1, 2, 3, 4, 5].map((r) => one(r, "sound", 2.5, 3)));
    expect(charts).to.have.length(0);
    expect(notes[0]).to.contain("no alarm can be judged");
  });
});
