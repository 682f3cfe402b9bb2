import { expect } from "chai";

import { modelByName } from "../../../../src/models/models.ts";
import { holdOut } from "../../../../sim/studies/shared/fitting.ts";
import { alarmedModel, alarmRule } from "../../../../sim/studies/on-chain/alarms/alarmed-model.ts";
import { createRandom } from "../../../../src/random/random.ts";
import { selectFeatures } from "../../../../src/models/select-quotes.ts";
import { makeQuotes } from "../../../models/calm-quotes.ts";

const random = createRandom(1, "alarmed-model");
const calm = makeQuotes(40, ({ surfaceLevel }) => surfaceLevel, 0.005);
const { early, later } = holdOut(calm);
const smile = modelByName("smile-level");
const base = smile.fit(calm, random);
const rule = alarmRule(smile.fit(early, random), later);

/** The first quotes of calm with the market's level `factor` times the model's own at the money. */
function tableAt(factor: number) {
  const table = selectFeatures(calm.features, [0, 1, 2]);
  const level = selectFeatures(table, [0, 1, 2]);
  level.logMoneyness.fill(0);
  level.years.fill(7 / 365);
  table.surfaceLevel.set(base.predictMany(level).vol.map((vol) => factor * Math.exp(rule.centre) * vol));
  return table;
}

describe("a keeper with an alarm", () => {
  it("leaves the model alone while the market agrees with it", () => {
    const count = { asked: 0, alarmed: 0 };
    for (const reaction of ["re-mark", "conservative"] as const) {
      const table = tableAt(Math.exp(0.9 * rule.threshold));
      expect(alarmedModel(base, rule, reaction, count).predictMany(table)).to.deep.equal(base.predictMany(table));
    }
    expect(count).to.deep.equal({ asked: 2, alarmed: 0 });
  });

  it("scales its vols to the market's level when it re-marks", () => {
    const count = { asked: 0, alarmed: 0 };
    const table = tableAt(2);
    const { vol, sd } = alarmedModel(base, rule, "re-mark", count).predictMany(table);
    const plain = base.predictMany(table);
    vol.forEach((value, row) => expect(value).to.be.closeTo(2 * plain.vol[row], 1e-9));
    expect(sd).to.deep.equal(plain.sd);
    expect(count).to.deep.equal({ asked: 1, alarmed: 1 });
  });

  it("keeps its vols and doubts them by their distance from the market when it is conservative", () => {
    const table = tableAt(1.5);
    const { vol, sd } = alarmedModel(base, rule, "conservative", { asked: 0, alarmed: 0 }).predictMany(table);
    const plain = base.predictMany(table);
    expect(vol).to.deep.equal(plain.vol);
    sd.forEach((value, row) => expect(value).to.be.closeTo(Math.max(plain.sd[row], 0.5 * vol[row]), 1e-9));
  });

  it("has no alarm without a market surface", () => {
    const table = selectFeatures(calm.features, [0]);
    table.surfaceLevel.fill(Number.NaN);
    const count = { asked: 0, alarmed: 0 };
    expect(alarmedModel(base, rule, "re-mark", count).predictMany(table)).to.deep.equal(base.predictMany(table));
    expect(count.alarmed).to.equal(0);
  });
});
