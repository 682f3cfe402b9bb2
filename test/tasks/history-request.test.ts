import { existsSync } from "node:fs";

import { expect } from "chai";

import { historyRequest } from "../../sim/tasks/history-request.ts";
import { shippedCatalogue } from "../../sim/tasks/catalogue.ts";
import { parseSimOptions } from "../../sim/tasks/sim-options.ts";
import { dataFile } from "../../sim/tasks/data-file.ts";
import { loadScenario, parseScenario } from "../../sim/scenarios/load-scenario.ts";
import { shippedScenarios } from "../../sim/scenarios/shipped.ts";
import { sp500 } from "../../sim/scenarios/library/sp500.ts";
import { UserError } from "../../src/errors/user-error.ts";

const day = (text: string) => Date.parse(`${text}T00:00:00Z`) / 1000;

describe("history of a scenario", () => {
  it("is the S&P 500 of an installed package, its windows in the file, the one for the chain first", () => {
    const request = historyRequest({}, loadScenario("sp500"))!;
    expect(existsSync(request.prices[0])).to.equal(true);
    expect(request.name).to.equal("sp500");
    expect(request.fixedIn).to.equal("scenario");
    expect(request.tests.map(({ name }) => name)).to.deep.equal(["march-2020", "2008"]);
    expect(request.tests[1].stress).to.deep.equal({ from: day("2008-01-02"), to: day("2008-12-31") });
    expect(request.tests[1].calm).to.deep.equal({ from: day("2003-01-01"), to: day("2007-01-01") });
  });

  it("runs another of its windows on chain when asked, and refuses one that it has not", () => {
    const scenario = loadScenario("sp500");
    expect(historyRequest({ stress: "2008" }, scenario)!.tests[0].name).to.equal("2008");
    expect(() => historyRequest({ stress: "2009" }, scenario)).to.throw(UserError, /--stress: unknown window "2009"/);
    expect(() => historyRequest({ calm: "2003-01-01..2003-12-31" }, scenario)).to.throw(UserError, /--calm/);
  });

  it("refuses studies, which ask of a synthetic world", () => {
    const given = { scenario: "sp500", studies: "hedging" };
    expect(() => parseSimOptions(given, shippedCatalogue())).to.throw(
      UserError,
      /--studies: hedging asks of a synthetic world.*modes/,
    );
  });

  it("says what is missing, and how to point at it, where data is not shipped", () => {
    expect(() => dataFile("scenario x: history.prices", "data:open/eth.csv", "")).to.throw(
      UserError,
      /^scenario x: history\.prices: needs open\/eth\.csv, which is recorded data and not shipped; expected REGIMEBREAK_DATA to name/,
    );
    expect(() => dataFile("here", "data:open/eth.csv", "/no/such/folder")).to.throw(
      UserError,
      /^here: cannot read \/no\/such\/folder\/open\/eth\.csv; expected it in the folder that REGIMEBREAK_DATA names/,
    );
    expect(() => dataFile("here", "package:no-such-package/a.csv")).to.throw(
      UserError,
      /package no-such-package is not/,
    );
    expect(() => dataFile("here", "package:vega-datasets/data/no.csv")).to.throw(UserError, /cannot read .*no\.csv/);
  });

  it("finds all files of the shipped scenarios in the data folder, where there is one", function () {
    if (process.env.REGIMEBREAK_DATA === undefined) return this.skip();
    const recorded = shippedScenarios.filter(({ history }) => history !== undefined).map(({ name }) => name);
    expect(recorded).to.deep.equal(["sp500", "eth-crashes", "btc-quotes", "btc-dvol"]);
    for (const name of recorded) {
      const { prices, quotes } = historyRequest({}, loadScenario(name))!;
      for (const file of [...prices, ...quotes]) expect(existsSync(file), file).to.equal(true);
    }
  });
});

describe("a scenario's history section", () => {
  const history = sp500.history!;
  const mistakes: [string, object, RegExp][] = [
    ["training that overlaps a test", { calm: "2003-01-01..2008-06-30" }, /stress\[1\]\.window: .* overlaps calm/],
    ["no window", { calm: "2003..." }, /calm: .*is no window/],
    ["two tests of one name", { stress: [history.stress[0], history.stress[0]] }, /stress\[1\]\.name: .*given twice/],
    ["a chain window that is none", { onChain: "2007" }, /onChain: no stress window is called "2007"/],
    ["a test without a reason", { stress: [{ name: "a", window: "2008-01-01..2008-02-01" }] }, /stress\[0\]\.why/],
    ["an unknown field", { stres: [] }, /history\.stres: unknown field/],
  ];
  for (const [name, change, message] of mistakes)
    it(`refuses ${name}`, () => {
      const text = JSON.stringify({ ...sp500, history: { ...history, ...change } });
      expect(() => parseScenario(text, "mine.json")).to.throw(UserError, message);
    });
});
