import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { UserError } from "../../src/errors/user-error.ts";
import { shippedCatalogue } from "../../sim/tasks/catalogue.ts";
import { parseSimOptions } from "../../sim/tasks/sim-options.ts";
import type { SimArguments } from "../../sim/tasks/sim-options.ts";

const parse = (given: SimArguments) => parseSimOptions(given, shippedCatalogue());

describe("options of sim", () => {
  let directory: string;
  let prices: string;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), "regimebreak-"));
    prices = join(directory, "prices.csv");
    writeFileSync(prices, "time,open,high,low,close\n");
  });
  after(() => rmSync(directory, { recursive: true }));

  it("have defaults that give the scenario as it ships, on seed 1", () => {
    const { request, failIf, out, ci, json, dryRun } = parse({});
    expect(request.scenario.name).to.equal("vol-shock");
    expect(request.scenario.onChain.seeds).to.equal(8);
    expect(request.masterSeed).to.equal(1);
    expect(request.history).to.equal(undefined);
    expect([failIf, out, ci, json, dryRun]).to.deep.equal([undefined, undefined, false, false, false]);
  });

  it("replace models, presets, seeds and paths of the scenario", () => {
    const { scenario } = parse({ models: "ridge,constant", presets: "FULL", seeds: "9", replicates: "50" }).request;
    expect(scenario.models).to.deep.equal(["ridge", "constant"]);
    expect(scenario.onChain.models).to.deep.equal(["ridge", "constant"]);
    expect(scenario.onChain.presets).to.deep.equal(["FULL"]);
    expect(scenario.onChain.seeds).to.equal(9);
    expect(scenario.onChain.studySeeds).to.equal(undefined);
    expect(parse({ studies: "recalibrating-keeper", studySeeds: "24" }).request.scenario.onChain).to.deep.include({
      seeds: 8,
      studySeeds: 24,
    });
    expect(scenario.scoring.replicates).to.equal(50);
  });

  it("ask for rungs and arms of feedback, which otherwise are the scenario's", () => {
    expect(parse({}).request.scenario.onChain).to.include({ feedback: "on" }).and.deep.include({ rungs: [] });
    const { request } = parse({ rungs: "P1, P3", feedback: "both" });
    expect(request.scenario.onChain)
      .to.include({ feedback: "both" })
      .and.deep.include({ rungs: ["P1", "P3"] });
    expect(request.command).to.contain("--rungs 'P1, P3' --feedback both");
  });

  it("score calm and the primary severity whatever severities are asked for, sorted and once each", () => {
    const { scenario } = parse({ severities: "0.5, 0.25,0.5" }).request;
    expect(scenario.scoring.severities).to.deep.equal([0, 0.25, 0.5, 1]);
    expect(scenario.onChain.otherSeverities).to.deep.equal([0.25, 0.5]);
  });

  it("state the exact command, without what changes no result", () => {
    const given = { out: "a b", jobs: "2", json: true, seed: "7", failIf: "loss.mean > 0.1", ci: true };
    expect(parse(given).request.command).to.equal(
      "npx hardhat sim --scenario vol-shock --fail-if 'loss.mean > 0.1' --seed 7 --ci",
    );
  });

  it("turn windows of dates into seconds, the last day included", () => {
    const history = parse({ history: prices, calm: "2020-01-01..2020-01-31", stress: "2020-02-01..2020-02-02" }).request
      .history!;
    const [{ calm, stress }] = history.tests;
    expect(calm).to.deep.equal({ from: Date.UTC(2020, 0, 1) / 1000, to: Date.UTC(2020, 1, 1) / 1000 });
    expect(stress).to.deep.equal({ from: Date.UTC(2020, 1, 1) / 1000, to: Date.UTC(2020, 1, 3) / 1000 });
  });

  const windows = { calm: "2020-01-01..2020-01-31", stress: "2020-02-01..2020-02-02" };
  const mistakes: [string, () => SimArguments, RegExp][] = [
    ["an unknown scenario", () => ({ scenario: "vol-shok" }), /--scenario: unknown scenario "vol-shok".*"vol-shock"/],
    ["a missing scenario file", () => ({ scenario: "no/such.json" }), /no\/such\.json: no such file/],
    ["an unknown model", () => ({ models: "polynomal" }), /--models: unknown model "polynomal".*"polynomial"/],
    ["a model given twice", () => ({ models: "ridge,ridge" }), /--models: "ridge" is given twice/],
    ["an empty model", () => ({ models: "ridge,," }), /--models: got "ridge,,"/],
    ["an unknown study", () => ({ studies: "learning" }), /--studies: unknown study "learning"/],
    ["an unknown preset", () => ({ presets: "FUL" }), /--presets: unknown preset "FUL".*"FULL"/],
    ["a severity above 1", () => ({ severities: "0.5,1.5" }), /--severities: got "1.5"; expected numbers from 0/],
    ["a severity that is no number", () => ({ severities: "high" }), /--severities: got "high"/],
    ["a seed that is no integer", () => ({ seed: "1.5" }), /--seed: got "1.5"; expected a whole number, 0 or more/],
    ["a negative seed", () => ({ seed: "-1" }), /--seed: got "-1"/],
    ["a seed beyond exact integers", () => ({ seed: "9007199254740993" }), /--seed: got/],
    ["no study seeds", () => ({ studySeeds: "0" }), /--study-seeds: got "0"; expected a whole number, 1 to/],
    ["no chain seeds", () => ({ seeds: "0" }), /--seeds: got "0"; expected a whole number, 1 to/],
    ["too few paths", () => ({ replicates: "3" }), /--replicates: got "3"/],
    ["an unknown rung", () => ({ rungs: "P1,P4" }), /--rungs: unknown rung "P4"/],
    ["a rung that always runs", () => ({ rungs: "P0" }), /--rungs: unknown rung "P0"/],
    ["an unknown arm", () => ({ feedback: "no" }), /--feedback: unknown arm "no".*"on"/],
    ["no jobs", () => ({ jobs: "0" }), /--jobs: got "0"/],
    [
      "a metric that does not exist",
      () => ({ failIf: "los.mean > 1" }),
      /--fail-if: unknown metric "los.mean".*"loss.mean"/,
    ],
    [
      "a filter that is not in the run",
      () => ({ failIf: 'loss.mean("FUL") > 1' }),
      /--fail-if: unknown model or preset/,
    ],
    ["a severity that is not in the run", () => ({ failIf: "loss.mean(0.3) > 1" }), /--fail-if: severity 0.3 is not/],
    ["quotes without history", () => ({ quotes: prices }), /--quotes: makes sense with --history FILE only/],
    ["a repair without history", () => ({ repair: "drop" }), /--repair: makes sense with/],
    ["history without windows", () => ({ history: prices }), /--history: needs --calm FROM\.\.TO too/],
    ["a missing CSV", () => ({ history: join(directory, "no.csv"), ...windows }), /--history: cannot read .*no\.csv/],
    ["a directory for a CSV", () => ({ history: directory, ...windows }), /is not a file; expected a CSV file/],
    [
      "a window that is none",
      () => ({ history: prices, ...windows, calm: "January" }),
      /--calm: "January" is no window/,
    ],
    [
      "overlapping windows",
      () => ({ history: prices, ...windows, stress: "2020-01-31..2020-02-02" }),
      /--stress: .* overlaps --calm/,
    ],
    [
      "an unknown repair",
      () => ({ history: prices, ...windows, repair: "dropp" }),
      /--repair: unknown rule "dropp".*"drop"/,
    ],
  ];
  for (const [name, given, message] of mistakes)
    it(`refuse ${name} in one clear line`, () => {
      expect(() => parse(given())).to.throw(UserError, message);
      expect(() => parse(given())).to.throw(/^[^\n]+$/);
    });
});
