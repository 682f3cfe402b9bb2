import { expect } from "chai";

import { digestOf } from "../../src/json/canonical-json.ts";
import { pricersOf, replicateRandom } from "../../sim/experiment/generalisation/replicate.ts";
import { configOf } from "../../sim/experiment/generalisation/run-generalisation.ts";
import { studySchema } from "../../sim/results/study.ts";
import { errorOn, fittedDraw } from "../../sim/studies/shared/fitted-draw.ts";
import { fitAgain, MANIPULATION, modes, recalibrationAges, windowQuotes } from "../../sim/studies/shift/modes.ts";
import { quoteStream } from "../../sim/studies/shared/streams.ts";
import { studyByName } from "../../sim/studies/studies.ts";
import { smallScenario } from "../experiment/scored-scenario.ts";
import { offChainContext } from "./study-context.ts";

const scenario = smallScenario({ severities: [0, 1], replicates: 6 });

describe("studies over paths", function () {
  this.timeout(60_000);

  for (const name of ["crossed-draws", "support", "tenors", "modes"])
    it(`${name} is what the schema calls a study, names every model, and says how far it is`, async () => {
      const models = ["constant", "realised-vol"];
      const steps: number[][] = [];
      const advance = (...step: number[]) => steps.push(step);
      const result = await studyByName(name).run({ ...offChainContext(scenario, models), advance });
      expect(steps).to.deep.equal(steps.map((_, i) => [i + 1, steps.length]));
      expect(studySchema.parse(JSON.parse(JSON.stringify(result)))).to.deep.equal(result);
      for (const model of models) expect(JSON.stringify(result.tables) + result.answer).to.contain(model);
      expect(result.answer).to.not.match(/NaN|undefined/);
    });

  it("crossed-draws is the same each time", async () => {
    const once = () => studyByName("crossed-draws").run(offChainContext(scenario, ["constant"]));
    expect(await once()).to.deep.equal(await once());
  });
});

describe("modes of operation", () => {
  const { cycle } = scenario.keeper;
  const [age] = scenario.scoring.ages;
  const config = configOf({ scenario, models: ["smile-level"], severities: [0, 1], masterSeed: 1 });
  const pricers = pricersOf(config);
  const random = replicateRandom(config, 0).fork("modes");

  it("fit again on quotes that are at least one keeper cycle old, and within the window", () => {
    for (const { window } of modes) {
      if (window === undefined) continue;
      const ages = recalibrationAges(age, cycle, window.seconds);
      expect(Math.max(...ages)).to.equal(age - cycle);
      expect(Math.min(...ages)).to.be.greaterThan(age - cycle - window.seconds);
      expect(ages).to.deep.equal(ages.toSorted((a, b) => a - b));
    }
  });

  it("have a window that lies wholly in the plateau", () => {
    const windows = modes.flatMap(({ window }) => window?.seconds ?? []);
    const first = (seconds: number) => recalibrationAges(age, cycle, seconds)[0];
    expect(windows.some((seconds) => first(seconds) >= scenario.profile.ramp)).to.equal(true);
  });

  it("see on the window what the asked path shows there, and nothing that comes after it", () => {
    const ages = recalibrationAges(age, cycle, 43_200);
    const window = quoteStream(config, pricers, random, 1, ages);
    const longer = quoteStream(config, pricers, random, 1, [...ages, age, age + 7200]);
    expect(longer.target.slice(0, window.target.length)).to.deep.equal(window.target);
    expect(longer.features.shortVol.slice(0, window.target.length)).to.deep.equal(window.features.shortVol);
  });

  it("fit again, by the parameters' hash, on nothing later than now less the lag", () => {
    const window = { seconds: 43_200 };
    const ages = [...recalibrationAges(age, cycle, window.seconds), age - cycle + 1, age];
    const seen = quoteStream(config, pricers, random, 1, ages);
    const now = seen.time[seen.time.length - 1];
    const days = { ...seen, day: Int32Array.from(seen.time, (time) => seen.time.indexOf(time)) };
    const spoilt = (later: number) => ({
      ...days,
      target: days.target.map((vol, row) => (seen.time[row] > later ? 3 : vol)),
    });
    const hashOf = (quotes: typeof days) =>
      digestOf(fitAgain("smile-level", window, quotes, now, cycle, random).toJSON());
    expect(hashOf(spoilt(now - cycle))).to.equal(hashOf(days));
    expect(hashOf(spoilt(now - cycle - 1))).to.not.equal(hashOf(days));
  });

  it("meet an adversary who moves the stated share of the window and nothing else", () => {
    const [honest, manipulated] = [{ seconds: 43_200 }, { seconds: 43_200, manipulation: MANIPULATION }].map((window) =>
      windowQuotes(config, pricers, random, 1, age, window),
    );
    const moved = honest.target.map((vol, row) => manipulated.target[row] - vol);
    expect(moved.filter((by) => by !== 0).length / moved.length).to.be.closeTo(MANIPULATION.share, 0.04);
    for (const [row, by] of moved.entries()) {
      if (by !== 0) expect(by).to.be.closeTo(Math.max(MANIPULATION.shift, 0.01 - honest.target[row]), 1e-12);
    }
    expect(manipulated.features).to.deep.equal(honest.features);
  });

  it("leave frozen parameters as they were, by their hash", () => {
    const model = fittedDraw(config, pricers, 0).get("smile-level")!;
    const before = digestOf(model.toJSON());
    errorOn(config, model, quoteStream(config, pricers, random, 1, [age], "listed"));
    expect(digestOf(model.toJSON())).to.equal(before);
  });
});
