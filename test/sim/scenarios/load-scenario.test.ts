import { expect } from "chai";

import { UserError } from "../../../src/errors/user-error.ts";
import { loadScenario, parseScenario } from "../../../sim/scenarios/load-scenario.ts";
import { volShock } from "../../../sim/scenarios/library/vol-shock.ts";
import { shippedScenarios } from "../../../sim/scenarios/shipped.ts";

/** `vol-shock` as a file in which the field at a path has another value; undefined takes it out. */
function fileWith(path: string, value: unknown): string {
  const file: unknown = structuredClone(volShock);
  const keys = path.split(".");
  const last = keys.pop()!;
  const parent = keys.reduce((at, key) => (at as Record<string, unknown>)[key], file) as Record<string, unknown>;
  parent[last] = value;
  return JSON.stringify(file, null, 2);
}

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    expect(error).to.be.instanceOf(UserError);
    return (error as Error).message;
  }
  throw new Error("nothing was thrown");
}

describe("scenario loader", () => {
  it("accepts every shipped scenario, each saying where its figures come from", () => {
    for (const { name } of shippedScenarios) expect(loadScenario(name).sources.length).to.be.greaterThan(0);
  });

  it("turns durations into seconds", () => {
    const { profile, listing } = loadScenario("vol-shock");
    expect(profile).to.deep.equal({ onset: 43_200, ramp: 7200, plateau: 100_800, relief: 14_400 });
    expect(listing.expiries[0]).to.equal(40 * 3600);
  });

  it("refuses poison where training is on recorded prices", () => {
    const history = { prices: ["x.csv"], calm: "2020-01-01..2020-02-01", stress: [] as unknown[] };
    history.stress.push({ name: "a", window: "2020-03-01..2020-04-01", why: "test" });
    const file = JSON.parse(fileWith("training.poison", { share: 0.1, shift: -0.3 })) as object;
    const message = messageOf(() => parseScenario(JSON.stringify({ ...file, history }), "mine.json"));
    expect(message).to.contain("mine.json: training.poison: is of synthetic quotes");
  });

  it("adds up durations of several units", () => {
    const text = fileWith("keeper.latency", "1m30s");
    expect(parseScenario(text, "mine.json").keeper.latency).to.equal(90);
  });

  it("names file, field, expectation and value of a wrong number", () => {
    const text = fileWith("agents.2.capital", "lots");
    expect(messageOf(() => parseScenario(text, "scenarios/mine.json"))).to.equal(
      'scenarios/mine.json: agents[2].capital: expected a positive number of USD, got "lots"',
    );
  });

  it("names the line of broken JSON", () => {
    expect(messageOf(() => parseScenario('{\n  "version": 1,\n  oops\n}', "mine.json"))).to.match(
      /^mine\.json:3:3: not valid JSON/,
    );
  });

  const mistakes: readonly { what: string; path: string; value: unknown; message: string }[] = [
    {
      what: "a misspelt field",
      path: "agents.0.captial",
      value: 1,
      message: 'agents[0].captial: unknown field. Did you mean "capital"?',
    },
    {
      what: "a missing field",
      path: "spot",
      value: undefined,
      message: "spot: expected a positive number of USD, got nothing",
    },
    {
      what: "a misspelt role",
      path: "agents.2.role",
      value: "noise-trade",
      message: 'Did you mean "noise-trader"?',
    },
    {
      what: "a share above one",
      path: "protocol.inventory",
      value: 3,
      message: "protocol.inventory: expected a share from 0 to 1, got 3",
    },
    {
      what: "an unknown side of poison",
      path: "training.poison",
      value: { share: 0.1, shift: -0.3, on: "puts" },
      message: "training.poison.on: expected one of wings, downside, upside",
    },
    {
      what: "a duration without a unit",
      path: "keeper.cycle",
      value: "20",
      message: "keeper.cycle: expected seconds, or a duration",
    },
    { what: "too few blocks", path: "clock.blocks", value: 12, message: "clock.blocks: expected" },
    {
      what: "a fault of no known kind",
      path: "oracle.faults.0.kind",
      value: "frozen",
      message: 'oracle.faults[0].kind: expected one of stale, frozen-fresh, delayed, spike, clamp, got "frozen"',
    },
    {
      what: "a misspelt field of a fault",
      path: "oracle.faults.0.form",
      value: "1h",
      message: "oracle.faults[0].form: unknown field. Did you mean",
    },
    {
      what: "a stress that outlasts the horizon",
      path: "profile.relief",
      value: "2d",
      message: "profile: ends",
    },
    {
      what: "expiries out of order",
      path: "listing.expiries",
      value: ["40h", "30h"],
      message: "listing.expiries[1]: expiries must increase",
    },
    {
      what: "a position in no series",
      path: "listing.genesisBook.0.strike",
      value: 9,
      message: "listing.genesisBook[0].strike: there is no strike 9",
    },
    {
      what: "a fault after the end",
      path: "oracle.faults.0.from",
      value: "9d",
      message: "oracle.faults[0].from: lies beyond the horizon",
    },
    {
      what: "an agent's unknown parameter",
      path: "agents.2.parameters",
      value: { meanSise: 3 },
      message: 'agents[2].parameters.meanSise: a noise-trader has no such parameter. Did you mean "meanSize"?',
    },
    {
      what: "an agent's negative parameter",
      path: "agents.2.parameters",
      value: { meanSize: -3 },
      message: "agents[2].parameters.meanSize: expected a number of at least 0, got -3",
    },
  ];
  for (const { what, path, value, message } of mistakes) {
    it(`refuses ${what}`, () => {
      expect(messageOf(() => parseScenario(fileWith(path, value), "mine.json"))).to.include(message);
    });
  }

  it("suggests the name of a shipped scenario that was misspelt", () => {
    expect(messageOf(() => loadScenario("vol-shok"))).to.include(
      'unknown scenario "vol-shok". Did you mean "vol-shock"?',
    );
  });

  it("says that a file is not there", () => {
    expect(messageOf(() => loadScenario("nowhere/mine.json"))).to.equal("nowhere/mine.json: no such file");
  });
});
