import { expect } from "chai";

import { studySchema, type StudyResult } from "../../sim/results/study.ts";
import { complexity, decompose } from "../../sim/studies/training/complexity.ts";
import { diagnosis } from "../../sim/studies/shift/diagnosis.ts";
import { greeks } from "../../sim/studies/shift/greeks.ts";
import { regimeMatrix } from "../../sim/studies/shift/regime-matrix.ts";
import { skillDecay } from "../../sim/studies/shift/skill-decay.ts";
import type { Study } from "../../sim/studies/study.ts";
import { smallScenario } from "../experiment/scored-scenario.ts";
import { offChainContext } from "./study-context.ts";

const scenario = smallScenario({ severities: [0, 1], replicates: 6 });

/** Runs a study twice; the answers are equal and what the schema calls a study. */
async function answered(study: Study, models: readonly string[]): Promise<StudyResult> {
  const context = offChainContext(scenario, models);
  const result = await study.run(context);
  expect(studySchema.parse(JSON.parse(JSON.stringify(result)))).to.deep.equal(result);
  expect(await study.run(context)).to.deep.equal(result);
  return result;
}

function linesOf(result: StudyResult, chart: number) {
  const found = result.charts[chart];
  if (found.kind !== "lines") throw new Error("lines expected");
  return found.series;
}

function heatOf(result: StudyResult, chart: number) {
  const found = result.charts[chart];
  if (found.kind !== "heat") throw new Error("a heat map expected");
  return found.values;
}

describe("bias and variance", () => {
  it("add up: two predictions about a truth, worked by hand", () => {
    const { bias, spread, total } = decompose(
      [
        [0.5, 0.7],
        [0.7, 0.7],
      ],
      [0.5, 0.6],
    );
    // Means 0.6 and 0.7: biases of 10 points each; spreads 10 and 0 points.
    expect(bias).to.be.closeTo(10, 1e-9);
    expect(spread).to.be.closeTo(Math.sqrt(50), 1e-9);
    expect(total).to.be.closeTo(Math.hypot(bias, spread), 1e-9);
  });

  it("trade places as ridge polynomials are freed, the same each time", async () => {
    const result = await answered(complexity, ["constant"]);
    const [, , spread] = linesOf(result, 0);
    expect(spread.points[0].x).to.be.lessThan(2);
    expect(spread.points.at(-1)!.y!).to.be.greaterThan(spread.points[0].y!);
    const row = result.tables[0].rows[0];
    expect(row.slice(0, 2)).to.deep.equal(["constant", 1]);
  }).timeout(60_000);
});

describe("skill decay", () => {
  it("is small while the world stays and large once it drifts, for a vol that is free of features", async () => {
    const result = await answered(skillDecay, ["constant", "realised-vol"]);
    const [still, drifting] = [0, 1].map((chart) => linesOf(result, chart)[0].points.map(({ y }) => y!));
    expect(drifting[0]).to.equal(still[0]);
    expect(drifting[5]).to.be.greaterThan(still[5]);
    // The baseline has nothing to retrain.
    expect(result.tables[0].rows[1][3]).to.match(/^0\.0/);
  }).timeout(60_000);
});

describe("regime matrix", () => {
  it("shows that one vol prices best where it was trained", async () => {
    const result = await answered(regimeMatrix, ["constant"]);
    const [calm, stress] = heatOf(result, 0);
    expect(calm[1]!).to.be.greaterThan(calm[0]!);
    expect(stress[1]!).to.be.lessThan(calm[1]!);
  }).timeout(60_000);
});

describe("Greeks", () => {
  it("of true vols are exact once the smile's slope counts, and worse for a flat calm vol under stress", async () => {
    const result = await answered(greeks, ["constant"]);
    const [stress] = result.tables;
    const perfect = stress.rows.find(([name]) => name === "perfect")!;
    expect(perfect[2]).to.match(/^0\.000 /);
    expect(perfect[3]).to.match(/^0\.000/);
    const constant = stress.rows.find(([name]) => name === "constant")!;
    expect(parseFloat(constant[1] as string)).to.be.greaterThan(parseFloat(perfect[1] as string));
  }).timeout(60_000);
});

describe("diagnosis", () => {
  it("tells what drove the worst quotes, and adds up", async () => {
    const result = await answered(diagnosis, ["constant", "realised-vol"]);
    const [constant, realised] = result.tables;
    for (const row of constant.rows) {
      const [truth, vol, error, typical] = row.slice(3, 7) as number[];
      expect(vol - truth).to.be.closeTo(error, 1e-9);
      // A constant is its own typical quote, and nothing drives it.
      expect(vol).to.be.closeTo(typical, 1e-9);
      expect(row[7]).to.equal("");
    }
    for (const row of realised.rows) expect(row[7]).to.match(/^(short|long)Vol\*? [+−]/);
  }).timeout(60_000);
});
