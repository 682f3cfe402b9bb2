import { expect } from "chai";

import { constantModel } from "../../src/models/constant.ts";
import { frozenHash } from "../../src/models/frozen-model.ts";
import { ModelFitError } from "../../src/models/model-fit-error.ts";
import { recalibrating, recent, smileLevelRecentModel } from "../../src/models/recalibrating.ts";
import { smileLevelModel } from "../../src/models/smile-level.ts";
import { createRandom } from "../../src/random/random.ts";
import { makeQuotes } from "./calm-quotes.ts";

const random = createRandom(12, "recalibrating");
const DAY = 86_400;
/** The level rises by a hundredth a day. */
const rising = makeQuotes(60, () => 1);
rising.target.set(rising.target.map((_, row) => 0.3 + 0.01 * rising.day[row]));

describe("a recalibrating model", () => {
  it("takes the quotes of its window alone, up to a lag before now", () => {
    const window = recent(rising, 40 * DAY, { windowDays: 10, halfLifeDays: Infinity });
    expect([window.day[0], window.day[window.day.length - 1]]).to.deep.equal([31, 40]);
    const model = recalibrating(constantModel, { windowDays: 10, halfLifeDays: Infinity });
    const { vol } = model.refit(rising, 41 * DAY, DAY, random).predict(model.fit(rising, random).trainedOn.typical);
    expect(vol).to.be.closeTo(0.3 + 0.01 * 35.5, 1e-12);
  });

  it("is moved by no quote after now less the lag", () => {
    const target = rising.target.map((vol, row) => (rising.time[row] > 40 * DAY ? 3 : vol));
    const model = recalibrating(smileLevelModel, { windowDays: 30, halfLifeDays: 5 });
    const noisy = makeQuotes(60, ({ longVol }) => longVol, 0.01);
    const spoilt = { ...noisy, target: noisy.target.map((vol, row) => (target[row] === 3 ? 3 : vol)) };
    expect(frozenHash(model.refit(spoilt, 40 * DAY + 3600, 3600, random))).to.equal(
      frozenHash(model.refit(noisy, 40 * DAY + 3600, 3600, random)),
    );
  });

  it("weights a quote half for every half-life of its age", () => {
    const { weight, day } = recent(rising, Infinity, { windowDays: 20, halfLifeDays: 5 });
    expect(day[0]).to.equal(40);
    weight.forEach((value, row) => expect(value).to.be.closeTo(2 ** ((day[row] - 59) / 5), 1e-12));
  });

  it("with a short half-life follows the latest quotes, with none is the model itself", () => {
    const mean = (halfLifeDays: number) => {
      const model = recalibrating(constantModel, { windowDays: Infinity, halfLifeDays });
      return model.fit(rising, random).predict(typicalQuote()).vol;
    };
    expect(mean(0.05)).to.be.closeTo(0.3 + 0.59, 1e-3);
    expect(mean(Infinity)).to.equal(constantModel.fit(rising, random).predict(typicalQuote()).vol);
  });

  it("weights the level of a smile by age too", () => {
    const turned = makeQuotes(60, ({ longVol }) => longVol, 0.002);
    turned.target.set(turned.target.map((vol, row) => (turned.day[row] < 50 ? vol : 1.5 * vol)));
    const at = smileLevelModel.fit(turned, random).trainedOn.typical;
    const forgetful = recalibrating(smileLevelModel, { windowDays: Infinity, halfLifeDays: 2 });
    expect(forgetful.fit(turned, random).predict(at).vol).to.be.above(
      1.25 * smileLevelModel.fit(turned, random).predict(at).vol,
    );
  });

  it("has its own name and its memory in its hash", () => {
    const fitted = smileLevelRecentModel.fit(rising, random);
    expect(fitted.name).to.equal("smile-level-recent");
    expect(fitted.toJSON()).to.deep.include({ recalibration: { windowDays: null, halfLifeDays: 10 } });
  });

  it("refuses a window with too few days, in its own name", () => {
    const model = recalibrating(constantModel, { windowDays: 3, halfLifeDays: Infinity });
    expect(() => model.refit(rising, 40 * DAY, 0, random)).to.throw(
      ModelFitError,
      "constant-recent cannot be fitted: too few calm days",
    );
    expect(() => model.refit(rising, -1, 0, random)).to.throw(ModelFitError, "0 quotes");
  });
});

function typicalQuote() {
  return constantModel.fit(rising, random).trainedOn.typical;
}
