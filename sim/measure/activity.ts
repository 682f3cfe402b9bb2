import type { AgentRecord, RunRecord } from "../engine/run-record.ts";
import type { Role } from "../scenarios/scenario.ts";

/** What a role did in a run. */
export interface Activity {
  submitted: number;
  included: number;
  /** Included and done: every step succeeded. */
  filled: number;
  /** USD: premiums traded, spot swapped, liquidity and collateral moved. */
  volume: number;
}

/** Activity by role; a role of the cast that did nothing is there with zeros. */
export function activityByRole(run: RunRecord): Map<Role, Activity> {
  const roleOf = new Map(run.agents.map((agent) => [agent.id, agent.role]));
  const activity = new Map<Role, Activity>();
  for (const role of roleOf.values()) activity.set(role, { submitted: 0, included: 0, filled: 0, volume: 0 });
  for (const block of run.blocks) {
    for (const outcome of block.outcomes) {
      const role = roleOf.get(outcome.agent);
      if (role === undefined) continue;
      const row = activity.get(role)!;
      row.submitted++;
      if (outcome.kind !== "done" && outcome.kind !== "reverted") continue;
      row.included++;
      if (outcome.kind !== "done") continue;
      row.filled++;
      for (const event of outcome.events) {
        if (event.kind === "traded") row.volume += event.premium;
        if (event.kind === "swapped") row.volume += event.quoteIn + event.quoteOut;
        if (event.kind === "deposited" || event.kind === "withdrawal-processed") row.volume += event.assets;
        if (event.kind === "auction-bid") row.volume += event.paid + event.fundPaid;
      }
    }
  }
  return activity;
}

/** Role of the account at an address, if it belongs to the cast. */
export function roleByAddress(agents: readonly AgentRecord[]): Map<string, Role> {
  const roles = new Map<string, Role>();
  for (const agent of agents) for (const address of agent.addresses) roles.set(address.toLowerCase(), agent.role);
  return roles;
}
