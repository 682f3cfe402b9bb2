import { UserError } from "../../src/errors/user-error.ts";
import { resolveParameters } from "../agents/role-parameters.ts";
import { buildClock } from "./clock.ts";
import type { Scenario } from "./scenario.ts";

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
}
