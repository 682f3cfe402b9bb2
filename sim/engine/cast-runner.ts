import type { Random } from "../../src/random/random.ts";
import type { DeployedAccount } from "../../src/protocol/adapter.ts";
import type { Agent, AgentId, Observation, Outcome, Submission, SubmissionId } from "../agents/agent.ts";

/** What one agent wants in a block. */
export interface Decision {
  readonly agent: AgentId;
  readonly submit: readonly Submission[];
  readonly cancel: readonly SubmissionId[];
}

/** What of an observation is the same for every agent. */
export type SharedObservation = Omit<
  Observation,
  "truth" | "truePrices" | "trueVols" | "outcomes" | "addresses" | "dueRounds"
>;

/** The agents of a run with their memories, streams and unread outcomes. */
export class CastRunner {
  readonly agents: readonly Agent<unknown>[];
  readonly #streams: readonly Random[];
  readonly #memories: unknown[];
  readonly #addresses: readonly Observation["addresses"][];
  readonly #inbox = new Map<AgentId, Outcome[]>();

  constructor(agents: readonly Agent<unknown>[], accounts: readonly DeployedAccount[], random: Random) {
    this.agents = agents;
    this.#streams = agents.map(({ id }) => random.fork("agent", id));
    this.#memories = agents.map((agent, index) => agent.start(this.#streams[index]));
    this.#addresses = agents.map(({ id }) =>
      Object.fromEntries(accounts.filter(({ agent }) => agent === id).map(({ name, actor }) => [name, actor])),
    );
  }

  /** Asks every agent that acts in this block, in the order of the cast. */
  decide(
    shared: SharedObservation,
    senses: (agent: Agent<unknown>) => Pick<Observation, "truth" | "truePrices" | "trueVols" | "dueRounds">,
    acts: (agent: Agent<unknown>) => boolean,
  ): Decision[] {
    return this.agents.flatMap((agent, index) => {
      if (!acts(agent)) return [];
      const outcomes = this.#inbox.get(agent.id) ?? [];
      this.#inbox.delete(agent.id);
      const seen = { ...shared, ...senses(agent), outcomes, addresses: this.#addresses[index] };
      const { submit, cancel, memory } = agent.decide(seen, this.#memories[index], this.#streams[index]);
      this.#memories[index] = memory;
      return [{ agent: agent.id, submit, cancel }];
    });
  }

  /** Hands outcomes to their agents, who read them when they are asked next. */
  deliver(outcomes: readonly Outcome[]): void {
    for (const outcome of outcomes) {
      const waiting = this.#inbox.get(outcome.agent);
      if (waiting === undefined) this.#inbox.set(outcome.agent, [outcome]);
      else waiting.push(outcome);
    }
  }
}
