import { expect } from "chai";
import { network } from "hardhat";

import { studySchema } from "../../../sim/results/study.ts";
import { loadScenario } from "../../../sim/scenarios/load-scenario.ts";
import { protocolDurations } from "../../../sim/scenarios/protocol-durations.ts";
import { alarmArms } from "../../../sim/studies/on-chain/alarms/alarm-variants.ts";
import { chartNames } from "../../../sim/studies/on-chain/alarms/charts.ts";
import { keeperAlarmOver } from "../../../sim/studies/on-chain/keeper-alarm.ts";
import { offChainContext } from "../study-context.ts";

describe("a keeper that hears an alarm", function () {
  this.timeout(120_000);

  it("is compared on chain with the frozen model and with one that is always conservative", async () => {
    const whole = loadScenario("vol-shock");
    const scenario = {
      ...whole,
      clock: { ...whole.clock, blocks: 12, dense: [], coarse: Object.keys(protocolDurations) },
      onChain: { ...whole.onChain, seeds: 1 },
    };
    const context = offChainContext(scenario, ["smile-level"]);
    Object.defineProperty(context.hardhat, "network", { value: network });
    const result = await keeperAlarmOver({ paths: 2, days: 5 }).run(context);
    expect(studySchema.parse(JSON.parse(JSON.stringify(result)))).to.deep.equal(result);
    const [charts, stress, calm] = result.tables;
    expect(charts.rows.map(([name]) => name)).to.deep.equal([...chartNames]);
    for (const { rows, head } of [stress, calm]) {
      expect(rows.map(([arm]) => arm)).to.deep.equal(alarmArms("smile-level"));
      const column = (name: string) => rows.map((row) => row[head.indexOf(name)]);
      expect(column("alarm, % of moments").slice(0, 2)).to.deep.equal([null, null]);
      for (const share of column("alarm, % of moments").slice(2)) expect(share).to.be.within(0, 100);
      const [plain, always] = column("trades filled").map(Number);
      expect(always).to.be.at.most(plain);
    }
    expect(result.answer).to.match(/false alarms a month on other calm paths/);
    expect(result.answer).to.match(/too few for an interval/);
  });
});
