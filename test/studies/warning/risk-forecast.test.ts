import { expect } from "chai";

import { studySchema } from "../../../sim/results/study.ts";
import { riskForecast } from "../../../sim/studies/warning/risk-forecast.ts";
import { smallScenario } from "../../experiment/scored-scenario.ts";
import { offChainContext } from "../study-context.ts";

describe("risk forecast", () => {
  it("is exceeded more often under stress by a vol that stays calm, the same each time", async () => {
    const context = offChainContext(smallScenario({ severities: [0, 1], replicates: 12 }), ["constant"]);
    const result = await riskForecast.run(context);
    expect(studySchema.parse(JSON.parse(JSON.stringify(result)))).to.deep.equal(result);
    expect(await riskForecast.run(context)).to.deep.equal(result);
    const [calm, stress] = result.tables.map(({ rows }) => ({
      share: parseFloat(rows[0][1] as string),
      z2: rows[0][3],
    }));
    expect(stress.share).to.be.greaterThan(calm.share);
    expect(stress.z2 as number).to.be.lessThan(0);
  }).timeout(60_000);
});
