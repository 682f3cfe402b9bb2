import { expect } from "chai";

import { scoreHistory } from "../../sim/experiment/history/score-history.ts";
import type { TrainedTest } from "../../sim/experiment/history/trained-test.ts";
import { studySchema } from "../../sim/results/study.ts";
import { loadScenario } from "../../sim/scenarios/load-scenario.ts";
import { askedIn } from "../../sim/studies/shared/recorded.ts";
import { listStudies, studyByName } from "../../sim/studies/studies.ts";
import { resampledOver } from "../../sim/studies/shift/resampled.ts";
import type { RecordedContext } from "../../sim/studies/study.ts";
import { shippedCatalogue } from "../../sim/tasks/catalogue.ts";
import { parseSimOptions } from "../../sim/tasks/sim-options.ts";
import { UserError } from "../../src/errors/user-error.ts";
import { madeBars } from "../experiment/made-bars.ts";

const DAY = 86_400;
const isCrash = (day: number) => (day >= 100 && day < 110) || (day >= 500 && day < 510);
const bars = madeBars(530, (day) => (isCrash(day) ? 1.5 : 0.5 + 0.15 * Math.sin(day / 5)));
const start = bars.times[0];
const market = { scenario: loadScenario("vol-shock"), bars };
const models = ["constant", "realised-vol", "smile-level"];
const calm = { from: start + 50 * DAY, to: start + 92 * DAY };

function trained(name: string, firstDay: number): TrainedTest {
  const stress = { from: start + firstDay * DAY, to: start + (firstDay + 6) * DAY };
  const prices = { file: "made.csv", sha256: "0".repeat(64), rows: bars.times.length };
  const { fitted } = scoreHistory({ ...market, calm, stress, models, masterSeed: 1, prices, repairs: [] });
  return { test: { name, why: "made", calm, stress }, fitted };
}

const context: RecordedContext = {
  market,
  tests: [trained("first", 101), trained("second", 501)],
  models,
  masterSeed: 1,
  signal: undefined,
  advance: () => undefined,
};

describe("studies of recorded prices", function () {
  this.timeout(60_000);

  const answering = listStudies()
    .filter(({ recorded }) => recorded !== undefined)
    .map((study) => (study.name === "resampled" ? resampledOver(6) : study));
  for (const study of answering)
    it(`${study.name} is what the schema calls a study, names every model`, async () => {
      const result = await study.recorded!(context);
      expect(studySchema.parse(JSON.parse(JSON.stringify(result)))).to.deep.equal(result);
      for (const model of models) expect(JSON.stringify(result.tables) + result.answer).to.contain(model);
      expect(result.answer).to.not.match(/NaN|undefined/);
    });

  it("modes is the same each time", async () => {
    const once = () => studyByName("modes").recorded!(context);
    expect(await once()).to.deep.equal(await once());
  });

  it("modes: a constant is as wrong when its state is held, and a frozen model is what the run scored", async () => {
    const { tables } = await studyByName("modes").recorded!(context);
    const row = tables[0].rows.find(([name]) => name === "first, constant")!;
    expect(row[2]).to.equal(row[1]);
    const asked = askedIn(market, context.tests[0].test.stress);
    expect(row[1]).to.be.closeTo(asked.lossOf(context.tests[0].fitted.get("constant")!), 1e-9);
  });
});

describe("studies asked of the other kind of run", () => {
  const parse = (given: object) => parseSimOptions(given, shippedCatalogue());

  it("are refused with those that can be asked", () => {
    expect(() => parse({ scenario: "sp500", studies: "modes,hedging,jumps" })).to.throw(
      UserError,
      /--studies: hedging, jumps ask of a synthetic world.*skill-decay.*modes/,
    );
  });

  it("all stands for those that can be answered", () => {
    const { recordedStudies, historyStudies } = shippedCatalogue();
    expect(parse({ scenario: "sp500", studies: "all" }).request.scenario.studies).to.deep.equal(recordedStudies);
    const synthetic = parse({ studies: "all" }).request.scenario.studies;
    for (const name of historyStudies) expect(synthetic).to.not.include(name);
    expect(synthetic).to.include.members(["modes", "hedging"]);
  });
});
