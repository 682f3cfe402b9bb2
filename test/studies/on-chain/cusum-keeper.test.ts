import { expect } from "chai";
import { network } from "hardhat";

import { pricersOf, trainingQuotes } from "../../../sim/experiment/generalisation/replicate.ts";
import { configOf } from "../../../sim/experiment/generalisation/run-generalisation.ts";
import { studySchema } from "../../../sim/results/study.ts";
import { loadScenario } from "../../../sim/scenarios/load-scenario.ts";
import { protocolDurations } from "../../../sim/scenarios/protocol-durations.ts";
import { levelsOf } from "../../../sim/studies/on-chain/alarms/alarmed-model.ts";
import { cusumKeeper } from "../../../sim/studies/on-chain/cusum-keeper.ts";
import {
  correctionOf,
  FALSE_ALARMS,
  realisedAlarm,
  realisedChart,
} from "../../../sim/studies/on-chain/alarms/realised-alarm.ts";
import { modelByName } from "../../../src/models/models.ts";
import type { ReturnHistory } from "../../../src/models/pricing-model.ts";
import { selectFeatures } from "../../../src/models/select-quotes.ts";
import { createRandom } from "../../../src/random/random.ts";
import { YEAR_SECONDS } from "../../../src/time/year.ts";
import { smallScenario } from "../../experiment/scored-scenario.ts";
import { offChainContext } from "../study-context.ts";

const HOUR = 3600;

/** Hourly returns of normal size at a vol, in the last `hours` at another one. */
function returnsOf(vol: number, later: number, hours: number): ReturnHistory {
  const random = createRandom(6, "returns");
  const deviation = Math.sqrt(HOUR / YEAR_SECONDS);
  const values = Float64Array.from({ length: 200 }, (_, i) => {
    return (i < 200 - hours ? vol : later) * deviation * random.normal(i, 0);
  });
  return { step: HOUR, end: 200 * HOUR, values };
}

describe("a keeper with a CUSUM", function () {
  this.timeout(120_000);
  const config = configOf({ scenario: smallScenario(), masterSeed: 1 });
  const calm = trainingQuotes(config, pricersOf(config), createRandom(1));
  const base = modelByName("smile-level").fit(calm, createRandom(2));
  const chart = realisedChart(base, calm);
  const level = levelsOf(base, selectFeatures(calm.features, [0]))[0];

  it("is quiet at all but a twentieth of calm moments", () => {
    const rows = Array.from(calm.time.keys()).filter((row) => calm.time[row] !== calm.time[row - 1]);
    const features = selectFeatures(calm.features, rows);
    const levels = levelsOf(base, features);
    const alarms = rows.filter((_, i) => correctionOf(chart, features.returns[i], levels[i]) !== 1);
    expect(alarms.length / rows.length).to.be.at.most(FALSE_ALARMS + 1 / rows.length);
  });

  it("hears that moves have doubled or halved, and since when", () => {
    expect(correctionOf(chart, returnsOf(level, level, 0), level)).to.equal(1);
    expect(correctionOf(chart, returnsOf(level, 2.5 * level, 12), level)).to.be.greaterThan(1.5);
    expect(correctionOf(chart, returnsOf(level, 0, 24), level)).to.be.lessThan(0.6);
  });

  it("changes vols or doubts them, by the same correction, and only while it alarms", () => {
    const table = selectFeatures(calm.features, [0]);
    const plain = base.predictMany(table);
    const count = { asked: 0, alarmed: 0 };
    const arm = (reaction: "recalibrate" | "conservative") => realisedAlarm(base, chart, reaction, count);
    table.returns[0] = returnsOf(level, level, 0);
    for (const reaction of ["recalibrate", "conservative"] as const) {
      expect(arm(reaction).predictMany(table)).to.deep.equal(plain);
    }
    table.returns[0] = returnsOf(level, 2.5 * level, 12);
    const factor = correctionOf(chart, table.returns[0], level);
    const recalibrated = arm("recalibrate").predictMany(table);
    expect(recalibrated.vol[0]).to.be.closeTo(factor * plain.vol[0], 1e-12);
    expect(recalibrated.sd[0]).to.equal(plain.sd[0]);
    const doubting = arm("conservative").predictMany(table);
    expect(doubting.vol[0]).to.equal(plain.vol[0]);
    expect(doubting.sd[0]).to.be.closeTo((factor - 1) * plain.vol[0], 1e-12);
    expect(count).to.deep.equal({ asked: 4, alarmed: 2 });
  });

  it("is compared on chain with the keeper that has none, on the same seeds", async () => {
    const whole = loadScenario("vol-shock");
    const scenario = {
      ...whole,
      clock: { ...whole.clock, blocks: 16, dense: [], coarse: Object.keys(protocolDurations) },
      onChain: { ...whole.onChain, seeds: 1 },
    };
    const context = offChainContext(scenario, ["smile-level"]);
    Object.defineProperty(context.hardhat, "network", { value: network });
    const result = await cusumKeeper.run(context);
    expect(studySchema.parse(JSON.parse(JSON.stringify(result)))).to.deep.equal(result);
    for (const { rows } of result.tables) {
      expect(rows.map(([arm]) => arm)).to.deep.equal([
        "smile-level",
        "smile-level, conservative on CUSUM",
        "smile-level, recalibrate on CUSUM",
      ]);
      expect(rows[0][3]).to.equal(null);
      for (const row of rows.slice(1)) expect(row[3]).to.be.within(0, 100);
    }
    expect(result.answer).to.match(/too few for an interval/);
  });
});
