import type { Agent } from "../agents/agent.ts";
import { castOf } from "../agents/cast.ts";
import type { Role, Scenario } from "../scenarios/scenario.ts";

/** The agents with their accounts, as the protocol must fund them at genesis. */
export function genesisAgents(
  scenario: Scenario,
): { readonly id: string; readonly role: Role; readonly accounts: Agent<unknown>["accounts"] }[] {
  return castOf(scenario, undefined).map(({ id, role, accounts }) => ({ id, role, accounts }));
}
