import { expect } from "chai";

import { studySchema } from "../../../sim/results/study.ts";
import { transfer } from "../../../sim/studies/shift/transfer.ts";
import { conditions } from "../../../sim/studies/shift/transfer/conditions.ts";
import { validateScenario } from "../../../sim/scenarios/load-scenario.ts";
import { smallScenario } from "../../experiment/scored-scenario.ts";
import { offChainContext } from "../study-context.ts";

describe("transfer study", function () {
  this.timeout(30_000);
  const scenario = smallScenario({ severities: [0, 1], replicates: 8 });

  it("changes one factor at a time, each to a scenario that is valid", () => {
    const [home, ...arms] = conditions(scenario);
    expect(home.scenario).to.deep.equal(scenario);
    for (const { name, scenario: changed } of arms) {
      validateScenario(JSON.parse(JSON.stringify(changed)), name);
      const fields = Object.keys(changed) as (keyof typeof changed)[];
      const moved = fields.filter((field) => JSON.stringify(changed[field]) !== JSON.stringify(scenario[field]));
      const allowed = name === "asset" ? ["spot", "calm"] : name === "block time" ? ["oracle", "keeper"] : [moved[0]];
      expect(moved, name).to.have.members(allowed);
    }
  });

  it("costs nothing where hardly anything is learnt or nothing that is used has moved, and says what cannot move", async () => {
    const context = offChainContext(scenario, ["constant", "realised-vol"]);
    const result = await transfer.run(context);
    expect(studySchema.parse(JSON.parse(JSON.stringify(result)))).to.deep.equal(result);
    expect(await transfer.run(context)).to.deep.equal(result);
    const [constant, realised] = result.charts;
    if (constant.kind !== "heat" || realised.kind !== "heat") throw new Error("a transfer matrix is a heat map");
    expect(constant.values.map((row, i) => row[i])).to.deep.equal(constant.values.map(() => 0));
    for (const row of realised.values) for (const cell of row) expect(cell).to.equal(0);
    const at = (name: string) => constant.columns.names.indexOf(name);
    expect(constant.values[0][at("gas")]).to.equal(0);
    // A calm constant is far too low where the variance is four times the calm one.
    expect(constant.values[0][at("regime")]).to.be.greaterThan(10);
    expect(result.notes.join(" ")).to.match(/Participant mix: not applicable/);
  });
});
