import { expect } from "chai";

import { UserError } from "../../../src/errors/user-error.ts";
import { studySchema } from "../../../sim/results/study.ts";
import { learningCurve } from "../../../sim/studies/training/learning-curve.ts";
import { studyByName } from "../../../sim/studies/studies.ts";
import { smallScenario } from "../../experiment/scored-scenario.ts";
import { offChainContext } from "../study-context.ts";

describe("learning curve", () => {
  it("is what the schema calls a study, the same each time, and shows that a free vol learns from more days", async () => {
    const scenario = smallScenario({ severities: [0, 1] });
    const context = offChainContext({ ...scenario, training: { ...scenario.training, days: 40 } }, ["constant"]);
    const result = await learningCurve.run(context);
    expect(studySchema.parse(JSON.parse(JSON.stringify(result)))).to.deep.equal(result);
    expect(await learningCurve.run(context)).to.deep.equal(result);
    const [calm, stress] = result.charts;
    if (calm.kind !== "lines" || stress.kind !== "lines") throw new Error("learning curves are lines");
    const points = calm.series[0].points;
    expect(points.map(({ x }) => x)).to.deep.equal([10, 20, 40, 80]);
    expect(points[3].y!).to.be.lessThan(points[0].y!);
    expect(stress.series[0].points[3].y!).to.be.greaterThan(points[3].y!);
  });
});

describe("studies", () => {
  it("are known by name; another name is refused with the nearest one", () => {
    expect(studyByName("learning-curve")).to.equal(learningCurve);
    expect(() => studyByName("learning-curv")).to.throw(UserError, /unknown study "learning-curv".*learning-curve/);
  });
});
