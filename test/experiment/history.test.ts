import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import { scoreForecasts } from "../../sim/experiment/history/forecast-scores.ts";
import { drawNullWindows } from "../../sim/experiment/history/null-windows.ts";
import type { HistoryInput } from "../../sim/experiment/history/score-history.ts";
import { scoreHistory } from "../../sim/experiment/history/score-history.ts";
import { historySchema } from "../../sim/results/history.ts";
import { prepareHistory, scoreTests } from "../../sim/experiment/history/prepare-history.ts";
import { shippedCatalogue } from "../../sim/tasks/catalogue.ts";
import { parseSimOptions } from "../../sim/tasks/sim-options.ts";
import { loadScenario } from "../../sim/scenarios/load-scenario.ts";
import { UserError } from "../../src/errors/user-error.ts";
import { frozenHash } from "../../src/models/frozen-model.ts";
import { parsePriceHistory } from "../../src/processes/history.ts";
import { parseOptionQuotes } from "../../src/processes/quotes.ts";
import { createRandom } from "../../src/random/random.ts";
import { madeBars } from "./made-bars.ts";

const DAY = 86_400;
/** 100 days at vols that vary about 50 %, then ten at 150 %, then 400 more calm ones. */
const bars = madeBars(500, (day) => (day >= 100 && day < 110 ? 1.5 : 0.5 + 0.15 * Math.sin(day / 5)));
const start = bars.times[0];
const input: HistoryInput = {
  scenario: loadScenario("vol-shock"),
  bars,
  calm: { from: start + 32 * DAY, to: start + 92 * DAY },
  stress: { from: start + 100 * DAY, to: start + 108 * DAY },
  models: ["constant", "realised-vol", "smile-level"],
  masterSeed: 1,
  prices: { file: "made.csv", sha256: "0".repeat(64), rows: bars.times.length },
  repairs: [],
};

describe("scores of variance forecasts", () => {
  it("are QLIKE and log error: forecast 0.25 against 0.5 and 0.25", () => {
    const score = scoreForecasts([
      { forecast: 0.25, realised: 0.5 },
      { forecast: 0.25, realised: 0.25 },
    ]);
    expect(score.qlike).to.be.closeTo((2 - Math.log(2) - 1 + 0) / 2, 1e-12);
    expect(score.logError).to.be.closeTo(Math.sqrt((0.5 * Math.log(2)) ** 2 / 2), 1e-12);
    expect(score.origins).to.equal(2);
  });

  it("are null of no forecast", () => {
    expect(scoreForecasts([])).to.deep.equal({ qlike: null, logError: null, origins: 0 });
  });
});

describe("scoreHistory", function () {
  this.timeout(30_000);
  const outcome = scoreHistory(input);

  it("fits the schema, with models and benchmarks, and says what the target is", () => {
    const { calm, stress, nullWindows, outsideTraining, models } = outcome.history;
    const test = { name: "stress", why: "made", calm, stress, nullWindows, outsideTraining, models };
    const history = { ...outcome.history, tests: [test], comparisons: [], across: [], quality: [] };
    expect(historySchema.parse(history)).to.deep.equal(history);
    const names = outcome.history.models.map(({ name }) => name);
    expect(names).to.deep.equal(["constant", "realised-vol", "smile-level", "best-constant", "har"]);
    expect(outcome.history.target).to.equal("realised variance over one day");
  });

  it("scores one origin a day, so that no two lives overlap", () => {
    for (const { stress, calm } of outcome.history.models)
      expect([stress.origins, calm.origins]).to.deep.equal([8, 12]);
  });

  it("puts the failure of a constant at triple vol beyond every calm window", () => {
    const constant = outcome.history.models.find(({ name }) => name === "constant")!;
    expect(constant.forecastFailure).to.be.above(1);
    expect(constant.nullQuantile).to.equal(1);
  });

  it("trains on the calm window only: later prices do not change a frozen model", () => {
    const future = bars.times.map((time) => (time >= input.calm.to ? 3 : 1));
    const scaled = (column: Float64Array) => column.map((price, i) => price * future[i]);
    const changed = {
      ...bars,
      opens: scaled(bars.opens),
      highs: scaled(bars.highs),
      lows: scaled(bars.lows),
      closes: scaled(bars.closes),
    };
    const again = scoreHistory({ ...input, bars: changed });
    for (const [name, model] of again.fitted) {
      expect(frozenHash(model), name).to.equal(frozenHash(outcome.fitted.get(name)!));
    }
  });

  it("keeps a model that cannot be fitted without scores, and says why", () => {
    const short = { from: start + 20 * DAY, to: start + 36 * DAY };
    const { history, fitted, failures } = scoreHistory({ ...input, calm: short, models: ["constant", "polynomial"] });
    expect(failures[0]).to.include({ model: "polynomial" });
    expect(history.repairs[0]).to.match(/polynomial cannot be fitted/);
    expect(history.models[1]).to.include({ name: "polynomial", frozenHash: null, forecastFailure: null });
    expect([...fitted.keys()]).to.deep.equal(["constant"]);
  });

  it("refuses a window that is too short to learn from", () => {
    const day = { from: start + 20 * DAY, to: start + 20.5 * DAY };
    expect(() => scoreHistory({ ...input, calm: day })).to.throw(UserError, /nothing to learn from/);
  });
});

describe("null windows", () => {
  const { calm, stress } = input;
  const draw = { length: stress.to - stress.from, calm: [calm], apart: [calm, stress] };
  const windows = drawNullWindows(bars, draw, createRandom(1, "null"));

  it("are at least thirty, disjoint from training, stress and each other", () => {
    expect(windows.length).to.be.at.least(30);
    const all = [input.calm, input.stress, ...windows].sort((a, b) => a.from - b.from);
    for (let i = 1; i < all.length; i++) expect(all[i].from).to.be.at.least(all[i - 1].to);
  });

  it("are none where the file holds fewer", () => {
    const short = madeBars(120, () => 0.5);
    expect(drawNullWindows(short, draw, createRandom(1, "null"))).to.deep.equal([]);
  });
});

describe("scenarios of recorded history", function () {
  this.timeout(60_000);

  it("score every window of daily bars, over weeks, each on its own", () => {
    const { request } = parseSimOptions({ scenario: "sp500", models: "constant,realised-vol" }, shippedCatalogue());
    const prepared = prepareHistory(request, request.history!);
    const [march, year] = scoreTests(request, request.history!, prepared).tests;
    expect([march.name, year.name]).to.deep.equal(["march-2020", "2008"]);
    expect(prepared.scored.target).to.equal("realised variance over 7 days");
    for (const { models } of [march, year])
      expect(models.map(({ name }) => name)).to.deep.equal(["constant", "realised-vol", "best-constant", "har"]);
    expect(march.models[0].stress.origins).to.equal(4);
    expect(year.models[0].stress.origins).to.equal(52);
    // The index's realised vol of 2008, close to close, is 41 % a year of 252 days and of 365 alike.
    expect(year.stress.realisedVol).to.be.closeTo(0.41, 0.005);
    expect(march.models.map(({ frozenHash }) => frozenHash)).to.deep.equal(
      year.models.map(({ frozenHash }) => frozenHash),
    );
  });

  it("score an index of implied vol where it stands in the place of quotes", function () {
    if (process.env.REGIMEBREAK_DATA === undefined) return this.skip();
    const { request } = parseSimOptions({ scenario: "btc-dvol", models: "constant" }, shippedCatalogue());
    const history = { ...request.history!, tests: [request.history!.tests[0]] as const };
    const { scored } = prepareHistory({ ...request, history }, history);
    const { quotes } = scored.models[0];
    // A constant's error is at least the index's own spread in the window.
    expect(quotes!.stress.quotes).to.be.within(300, 360);
    expect(quotes!.stress.rmseVp).to.be.greaterThan(1);
  });
});

describe("scoreHistory on recorded data", function () {
  this.timeout(60_000);
  const data = process.env.REGIMEBREAK_DATA;

  it("scores real option quotes where they are given", function () {
    if (data === undefined) return this.skip();
    const read = (file: string) => readFileSync(join(data, file), "utf8");
    const recorded = parsePriceHistory("btc", read("restricted/btc_usdt_1h_late.csv")).bars;
    const file = "restricted/options_deribit_btc_2025-12-30_2026-03-31.csv";
    const { snapshots } = parseOptionQuotes("quotes", read(file), "drop");
    const at = (day: string) => Date.parse(`${day}T00:00:00Z`) / 1000;
    const { history } = scoreHistory({
      ...input,
      bars: recorded,
      snapshots,
      models: ["smile-level", "smile-level-lagged"],
      calm: { from: at("2025-12-30"), to: at("2026-01-29") },
      stress: { from: at("2026-01-29"), to: at("2026-02-11") },
      quotes: { file, sha256: "0".repeat(64), rows: 64_342 },
    });
    expect(history.smiles.map(({ window }) => window)).to.include.members(["calm", "stress"]);
    const stress = snapshots.filter(({ time }) => time >= at("2026-01-29") && time < at("2026-02-11"));
    const upper = stress.reduce((sum, { quotes }) => sum + quotes.length, 0);
    for (const { quotes, kind } of history.models.filter((model) => model.kind === "model")) {
      expect(kind).to.equal("model");
      expect(quotes!.stress.quotes).to.be.within(1000, upper);
      expect(quotes!.gapVp).to.be.closeTo(quotes!.stress.rmseVp! - quotes!.calm.rmseVp!, 1e-12);
    }
  });
});
