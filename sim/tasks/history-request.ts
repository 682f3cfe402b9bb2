import { basename } from "node:path";

import { UserError } from "../../src/errors/user-error.ts";
import { repairRules, rulesOf } from "../../src/processes/data-faults.ts";
import { parseWindow, requireDisjoint } from "../../src/processes/windows.ts";
import type { HistoryRequest, HistoryTest } from "../experiment/request.ts";
import type { HistorySection, Scenario } from "../scenarios/scenario.ts";
import { dataFile, readable } from "./data-file.ts";
import { knownNames, requireKnown } from "./option-values.ts";

/** Options of `npx hardhat sim` that name recorded prices. */
export interface HistoryArguments {
  readonly history?: string;
  readonly quotes?: string;
  readonly calm?: string;
  readonly stress?: string;
  readonly repair?: string;
}

/** Name of a run whose windows came with the command. */
const NAME = "history";

/**
 * What recorded prices to run on: those of `--history`, or of the scenario; undefined where there are neither.
 * @throws {UserError} for options, files or windows that make no sense
 */
export function historyRequest(given: HistoryArguments, scenario: Scenario): HistoryRequest | undefined {
  if (given.history !== undefined) return requestOfOptions(given, given.history, scenario);
  const { history: section } = scenario;
  for (const option of ["quotes", "calm", "repair", "stress"] as const) {
    if (given[option] === undefined || (option === "stress" && section !== undefined)) continue;
    throw new UserError({ where: `--${option}`, what: "makes sense with --history FILE only" });
  }
  return section === undefined ? undefined : requestOfScenario(section, scenario, given.stress);
}

function requestOfOptions(
  { quotes, calm, stress, repair }: HistoryArguments,
  prices: string,
  scenario: Scenario,
): HistoryRequest {
  readable("--history", prices, "a CSV file");
  if (quotes !== undefined) readable("--quotes", quotes, "a CSV file");
  if (calm === undefined || stress === undefined)
    throw new UserError({
      where: "--history",
      what: `needs --${calm === undefined ? "calm" : "stress"} FROM..TO too`,
      expected: "UTC dates such as --calm 2020-01-01..2020-02-29 --stress 2020-03-08..2020-03-16",
    });
  const windows = { calm: parseWindow("--calm", calm), stress: parseWindow("--stress", stress) };
  requireDisjoint("--stress", windows.stress, "--calm", windows.calm);
  return {
    name: NAME,
    prices: [prices],
    columns: {},
    quotes: quotes === undefined ? [] : [quotes],
    quotedIndexAfterPrices: false,
    volatilityIndex: undefined,
    asset: assetOf(prices, scenario),
    tests: [{ name: "stress", why: "given with the command", ...windows }],
    fixedIn: "command",
    repairs: repair === undefined ? [] : knownNames("--repair", repair, "rule", repairRules),
    longestGap: undefined,
  };
}

/** The asset by the file's name: its token's decimals are all that hangs on it. */
function assetOf(prices: string, scenario: Scenario): Scenario["asset"] {
  const name = basename(prices).toLowerCase();
  if (/btc|xbt/.test(name)) return "BTC";
  return name.includes("eth") ? "ETH" : scenario.asset;
}

/** @param chosen - name of the test that runs on chain, in the place of the scenario's choice */
function requestOfScenario(section: HistorySection, scenario: Scenario, chosen: string | undefined): HistoryRequest {
  const where = `scenario ${scenario.name}: history`;
  const file = (field: string, name: string) => dataFile(`${where}.${field}`, name);
  const { volatilityIndex: index } = section;
  return {
    name: scenario.name,
    prices: section.prices.map((name) => file("prices", name)),
    columns: Object.fromEntries(Object.entries(section.columns).filter(([, title]) => title !== undefined)),
    quotes: section.quotes.map((name) => file("quotes", name)),
    quotedIndexAfterPrices: section.quotedIndexAfterPrices,
    volatilityIndex:
      index === undefined
        ? undefined
        : {
            file: file("volatilityIndex", index.file),
            column: index.column,
            unit: index.unit === "percent" ? 100 : 1,
            tenorDays: index.tenorDays,
          },
    asset: scenario.asset,
    tests: testsOf(section, where, chosen),
    fixedIn: "scenario",
    repairs: rulesOf(section.repair),
    longestGap: section.longestGap,
  };
}

/** All tests, the one for the chain first. */
function testsOf(section: HistorySection, where: string, chosen: string | undefined): HistoryRequest["tests"] {
  const tests = section.stress.map(({ name, window, calm, why }, index): HistoryTest => ({
    name,
    why,
    calm: parseWindow(`${where}.calm`, calm ?? section.calm),
    stress: parseWindow(`${where}.stress[${index}].window`, window),
  }));
  const name = chosen ?? section.onChain ?? tests[0].name;
  requireKnown(
    "--stress",
    name,
    "window",
    tests.map((test) => test.name),
  );
  const first = tests.find((test) => test.name === name)!;
  return [first, ...tests.filter((test) => test !== first)];
}
