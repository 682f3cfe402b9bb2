import { didYouMean } from "../../src/errors/closest-name.ts";
import { UserError } from "../../src/errors/user-error.ts";
import { parseWindow, requireDisjoint } from "../../src/processes/windows.ts";
import { resolveParameters } from "../agents/role-parameters.ts";
import { buildClock } from "./clock.ts";
import type { HistorySection, Scenario } from "./scenario.ts";

/**
 * Checks what no single field shows: that the parts of a scenario fit each other.
 * @throws {UserError} for the first that does not
 */
export function checkScenario(scenario: Scenario, where: string): void {
  const refuse = (field: string, what: string): never => {
    throw new UserError({ where: `${where}: ${field}`, what });
  };
  const { profile, clock, listing, graft, oracle, agents } = scenario;
  const end = profile.onset + profile.ramp + profile.plateau + profile.relief;
  if (end > clock.horizon) refuse("profile", `ends ${end} s after the start, beyond the horizon of ${clock.horizon} s`);

  listing.expiries.forEach((expiry, index) => {
    if (expiry <= (listing.expiries[index - 1] ?? 0)) refuse(`listing.expiries[${index}]`, "expiries must increase");
  });
  listing.strikes.forEach((strike, index) => {
    if (strike <= (listing.strikes[index - 1] ?? 0)) refuse(`listing.strikes[${index}]`, "strikes must increase");
  });
  listing.genesisBook.forEach((position, index) => {
    const at = `listing.genesisBook[${index}]`;
    if (position.expiry >= listing.expiries.length) refuse(`${at}.expiry`, `there is no expiry ${position.expiry}`);
    if (position.strike >= listing.strikes.length) refuse(`${at}.strike`, `there is no strike ${position.strike}`);
  });

  graft.forEach((move, index) => {
    if (move.at < profile.onset || move.at + move.for > end) refuse(`graft[${index}]`, "lies outside the stress");
  });
  oracle.faults.forEach((fault, index) => {
    if (fault.from >= clock.horizon) refuse(`oracle.faults[${index}].from`, "lies beyond the horizon");
  });
  agents.forEach((agent, index) => resolveParameters(agent.role, agent.parameters, `${where}: agents[${index}]`));
  buildClock(scenario, where);
  if (scenario.history !== undefined && scenario.training.poison !== undefined)
    refuse("training.poison", "is of synthetic quotes, and this scenario trains on recorded prices");
  if (scenario.history !== undefined) checkHistory(scenario.history, `${where}: history`);
}

/** Windows that can be read, tests apart from their training, names that are there and there once. */
function checkHistory(
  { calm, stress, onChain, quotes, volatilityIndex, quotedIndexAfterPrices }: HistorySection,
  where: string,
): void {
  const refuse = (field: string, what: string): never => {
    throw new UserError({ where: `${where}.${field}`, what });
  };
  const names = stress.map(({ name }) => name);
  const shared = parseWindow(`${where}.calm`, calm);
  stress.forEach((test, index) => {
    const at = `${where}.stress[${index}]`;
    const own = test.calm === undefined ? shared : parseWindow(`${at}.calm`, test.calm);
    requireDisjoint(`${at}.window`, parseWindow(`${at}.window`, test.window), "calm", own);
    if (names.indexOf(test.name) !== index) refuse(`stress[${index}].name`, `"${test.name}" is given twice`);
  });
  if (onChain !== undefined && !names.includes(onChain))
    refuse("onChain", `no stress window is called "${onChain}"${didYouMean(onChain, names)}`);
  if (quotes.length > 0 && volatilityIndex !== undefined)
    refuse("volatilityIndex", "stands in the place of quotes; give one of them");
  if (quotedIndexAfterPrices && quotes.length === 0) refuse("quotedIndexAfterPrices", "needs quotes");
}
