import type { FeedRound } from "../../src/protocol/actions.ts";
import type { ProtocolEvent } from "../../src/protocol/events.ts";
import type { Random } from "../../src/random/random.ts";
import type { PostedRound } from "../agents/agent.ts";
import { faultOf, FaultChain } from "../oracle/fault-chain.ts";
import { ReportingRule } from "../oracle/reporting-rule.ts";
import type { Scenario } from "../scenarios/scenario.ts";
import type { Truth } from "../world/truth.ts";
import type { RunWorld } from "./run-world.ts";

/** The feed of a run: an honest rule over the world's fine grid, faults behind it, and what reached the chain. */
export class OracleFeed {
  readonly faults: FaultChain;
  readonly #rule: ReportingRule;
  readonly #world: RunWorld;
  readonly #step: number;
  readonly #posted: PostedRound[] = [];
  #underway: FeedRound[] = [];
  #observedUntil: number;

  /**
   * @param start - Unix seconds of the run's start, whose price the chain has already
   * @param severity - at severity 0 there is no fault
   */
  constructor(scenario: Scenario, world: RunWorld, start: number, severity: number, random: Random) {
    this.#rule = new ReportingRule(scenario.oracle);
    this.#rule.due([start], [world.truth.spotAt(start)]);
    this.#world = world;
    this.#step = scenario.clock.fineStep;
    this.#observedUntil = start;
    const specs = severity === 0 ? [] : scenario.oracle.faults;
    this.faults = new FaultChain(
      specs.map((spec) => faultOf(spec, start)),
      random,
    );
  }

  /** Rounds that a block at `now` must carry: transmitted by then, faults included. */
  due(now: number, truth: Truth): readonly FeedRound[] {
    const times: number[] = [];
    for (let time = this.#observedUntil + this.#step; time <= now; time += this.#step) times.push(time);
    this.#observedUntil += times.length * this.#step;
    const prices = times.map((time) => this.#world.truth.spotAt(time));
    this.#underway.push(...this.#rule.due(times, prices));
    const due = this.#underway.filter(({ updatedAt }) => updatedAt <= now);
    this.#underway = this.#underway.slice(due.length);
    return this.faults.apply({ due, posted: this.#posted, truth, now });
  }

  /** Rounds on the chain once a block with these has begun: a feed numbers them one after another. */
  with(due: readonly FeedRound[]): readonly PostedRound[] {
    const last = this.#posted.at(-1)!.roundId;
    return [...this.#posted, ...due.map((round, place) => ({ ...round, roundId: last + BigInt(place + 1) }))];
  }

  /** Takes in the rounds that a block brought onto the chain, in order; observations are those that were reported. */
  mined(events: readonly ProtocolEvent[], reported: readonly FeedRound[]): readonly PostedRound[] {
    const fresh = events
      .filter((event) => event.kind === "round")
      .map(({ answer, roundId, updatedAt }, place) => ({
        answer,
        roundId,
        updatedAt,
        observedAt: reported[place]?.observedAt ?? updatedAt,
      }));
    this.#posted.push(...fresh);
    return fresh;
  }

  /** A round that the chain had before the run. */
  before(round: PostedRound): void {
    this.#posted.push(round);
  }
}
