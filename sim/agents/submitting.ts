import type { Action } from "../../src/protocol/actions.ts";
import type { AccountSpec, AgentId, Observation, Submission } from "./agent.ts";

const GWEI = 1_000_000_000;

/** What makes an agent that role's agent: who it is and what it starts with. */
export interface AgentSetting<Parameters> {
  readonly id: AgentId;
  /** USD at genesis. */
  readonly capital: number;
  /** Seconds by which the truth reaches it. */
  readonly latency: number;
  /** USD, initial price of the underlying. */
  readonly spot: number;
  readonly parameters: Parameters;
}

/** The one account of an agent that needs no other. */
export function soleAccount(quote: number, underlying = 0, margin = 0): readonly AccountSpec[] {
  return [{ name: "main", quote, underlying, margin }];
}

/** How a submission is bid: tip in gwei, seconds until the pool forgets it. */
export interface Urgency {
  readonly tip: number;
  readonly patience: number;
}

/**
 * A submission of the agent's sole account. The maximal fee leaves room for the base fee to double.
 * @param place - number of the submission among those of this agent and block
 */
export function submission(
  seen: Observation,
  agent: AgentId,
  place: number,
  steps: readonly [Action, ...Action[]],
  urgency: Urgency,
  intent: string,
): Submission {
  const tip = BigInt(Math.round(urgency.tip * GWEI));
  return {
    id: `${agent}:${seen.block}:${place}`,
    account: "main",
    steps,
    bid: { maxFee: 2n * seen.baseFee + tip, tip, gas: Number(seen.protocol.gasLimitOf(steps)) },
    validUntil: seen.now + urgency.patience,
    lane: "public",
    intent,
  };
}
