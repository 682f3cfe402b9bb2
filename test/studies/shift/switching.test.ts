import { expect } from "chai";

import { studySchema } from "../../../sim/results/study.ts";
import { switching } from "../../../sim/studies/shift/switching.ts";
import { crashShare, SwitchingRegimes } from "../../../sim/world/switching-severity.ts";
import { createRandom } from "../../../src/random/random.ts";
import { tInterval } from "../../../src/statistics/t-interval.ts";
import { smallScenario } from "../../experiment/scored-scenario.ts";
import { offChainContext } from "../study-context.ts";

const HOUR = 3600;
const DAY = 24 * HOUR;
const spells = { calm: 10 * DAY, crash: 2 * DAY };

describe("regimes that switch", () => {
  const regimes = new SwitchingRegimes(spells, DAY, 400 * DAY, createRandom(1, "regimes"));

  it("begin calm, and count from the hour of the last switch", () => {
    expect(regimes.isCrash(0)).to.equal(false);
    expect(regimes.isCrash(DAY)).to.equal(false);
    expect(regimes.sinceSwitch(0)).to.equal(Infinity);
    const hours = Array.from({ length: 399 * 24 }, (_, i) => DAY + i * HOUR);
    const first = hours.find((time) => regimes.isCrash(time))!;
    expect(regimes.sinceSwitch(first - 1)).to.equal(Infinity);
    expect(regimes.sinceSwitch(first)).to.equal(0);
    expect(regimes.sinceSwitch(first + 100)).to.equal(100);
    const end = hours.find((time) => time > first && !regimes.isCrash(time))!;
    expect(regimes.sinceSwitch(end - 1)).to.equal(end - 1 - first);
    expect(regimes.sinceSwitch(end + 5)).to.equal(5);
  });

  it("are in a crash for the chain's share of time", () => {
    expect(crashShare(spells)).to.be.closeTo(2 / 12, 1e-12);
    const shares = Array.from({ length: 80 }, (_, seed) => {
      const path = new SwitchingRegimes(spells, 0, 300 * DAY, createRandom(seed, "share"));
      return Array.from({ length: 300 }, (_, day) => Number(path.isCrash(day * DAY))).reduce((a, b) => a + b, 0) / 300;
    });
    const { low, high } = tInterval(shares, 0.999);
    expect(low).to.be.lessThan(1 / 6);
    expect(high).to.be.greaterThan(1 / 6);
  });

  it("are the same for every severity, which is its own in a crash and none in calm", () => {
    const [half, full] = [0.5, 1].map((peak) => regimes.severity(peak));
    for (let time = 0; time < 400 * DAY; time += 7 * HOUR) {
      expect(full(time)).to.equal(regimes.isCrash(time) ? 1 : 0);
      expect(half(time)).to.equal(full(time) / 2);
    }
  });
});

describe("switching study", function () {
  this.timeout(60_000);

  it("is what the schema calls a study, the same each time, and finds a constant wrong in crashes by its dose", async () => {
    const scenario = smallScenario({ severities: [0, 1], replicates: 8 });
    const context = offChainContext(scenario, ["constant", "smile-level"]);
    const result = await switching.run(context);
    expect(studySchema.parse(JSON.parse(JSON.stringify(result)))).to.deep.equal(result);
    expect(await switching.run(context)).to.deep.equal(result);
    const [full, , half] = result.tables;
    const error = (table: typeof full, column: number) => Number.parseFloat(String(table.rows[0][column]));
    expect(full.rows[0][0]).to.equal("constant");
    expect(error(full, 4)).to.be.greaterThan(error(full, 1));
    expect(error(full, 4)).to.be.greaterThan(error(half, 4));
  });
});
