import { expect } from "chai";
import { network } from "hardhat";

import { studySchema } from "../../../sim/results/study.ts";
import { loadScenario } from "../../../sim/scenarios/load-scenario.ts";
import { protocolDurations } from "../../../sim/scenarios/protocol-durations.ts";
import { recalibratingKeeper } from "../../../sim/studies/on-chain/recalibrating-keeper.ts";
import { recalibrationArms } from "../../../sim/studies/on-chain/tending/recalibration-variants.ts";
import { offChainContext } from "../study-context.ts";

describe("a keeper that fits its model again", function () {
  this.timeout(120_000);

  it("fits on the plateau too and pays for its posts", async () => {
    const whole = loadScenario("vol-shock");
    const scenario = {
      ...whole,
      clock: { ...whole.clock, blocks: 16, dense: [], coarse: Object.keys(protocolDurations) },
      onChain: { ...whole.onChain, seeds: 1 },
    };
    const context = offChainContext(scenario, ["smile-level"]);
    Object.defineProperty(context.hardhat, "network", { value: network });
    const result = await recalibratingKeeper.run(context);
    expect(studySchema.parse(JSON.parse(JSON.stringify(result)))).to.deep.equal(result);
    const [stress, calm, ages] = result.tables;
    for (const { rows, head } of [stress, calm]) {
      expect(rows.map(([arm]) => arm)).to.deep.equal(recalibrationArms("smile-level"));
      const column = (name: string) => rows.map((row) => row[head.indexOf(name)]);
      expect(column("fits")).to.deep.equal([null, 16, 16, 16, 16]);
      for (const fits of column("on the plateau").slice(1)) expect(fits).to.be.greaterThan(0);
      for (const gas of column("keeper's gas, millions")) expect(gas).to.be.greaterThan(0);
      for (const loss of column("keeper's loss, USD")) expect(loss).to.be.greaterThan(0);
    }
    expect(ages.rows.map((row) => row.length)).to.deep.equal(ages.rows.map(() => 7));
    expect(result.answer).to.match(/too few for an interval/);
  });
});
