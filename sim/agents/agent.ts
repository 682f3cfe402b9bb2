import type { Address } from "viem";

import type { MomentFeatures } from "../../src/models/feature-pipeline.ts";
import type { Action, FeedRound } from "../../src/protocol/actions.ts";
import type { DeployedProtocol } from "../../src/protocol/adapter.ts";
import type { NamedError, ProtocolEvent } from "../../src/protocol/events.ts";
import type { ProtocolView } from "../../src/protocol/view.ts";
import type { Random } from "../../src/random/random.ts";
import type { Role } from "../scenarios/scenario.ts";
import type { Truth } from "../world/truth.ts";

export type AgentId = string;
export type SubmissionId = string;

/** An account of an agent: an `Actor` contract of its own, funded and approved at genesis. */
export interface AccountSpec {
  readonly name: string;
  /** USD of quote, and units of each underlying, at genesis; USD moved to the margin account at once. */
  readonly quote: number;
  readonly underlying: number;
  readonly margin: number;
}

/** Fees in wei per gas, gas in units. */
export interface Bid {
  readonly maxFee: bigint;
  readonly tip: bigint;
  readonly gas: number;
}

/** Steps of one account, atomic when more than one. */
export interface Submission {
  readonly id: SubmissionId;
  readonly account: string;
  readonly steps: readonly [Action, ...Action[]];
  readonly bid: Bid;
  /** Unix seconds; the pool drops it afterwards. */
  readonly validUntil: number;
  readonly lane: "public" | "private";
  /** What the agent meant, in words, for the story of a run. */
  readonly intent?: string;
}

/** What became of a submission. */
export type Outcome = { readonly id: SubmissionId; readonly agent: AgentId; readonly block: bigint } & (
  | {
      readonly kind: "done" | "reverted";
      readonly error?: NamedError;
      readonly gasUsed: number;
      readonly cost: bigint;
      readonly events: readonly ProtocolEvent[];
    }
  | { readonly kind: "dropped" | "expired" | "outbid" }
);

/** The pure part of a deployed protocol that agents reckon with: its listing and the float twin of its arithmetic. */
export type ProtocolTwin = Pick<
  DeployedProtocol<ProtocolView, Action>,
  "series" | "expiries" | "underlying" | "terms" | "quote" | "quotedVols" | "gasLimitOf"
>;

/** A feed round on the chain. */
export interface PostedRound extends FeedRound {
  readonly roundId: bigint;
}

/** What an agent is allowed to see, each part as late as its senses say. */
export interface Observation {
  /** Time of the block that is being built, Unix seconds. */
  readonly now: number;
  /** Index of the block in the run; draws are addressed by it. */
  readonly block: number;
  /** Time of the previous block. */
  readonly since: number;
  /** Protocol and spot pool as of the previous block, at `now`, with what the harness puts first in this one. */
  readonly view: ProtocolView;
  /** Truth as of `now` less the agent's latency; undefined for agents without that sense. */
  readonly truth: Truth | undefined;
  /** True option price (USD) and vol by series index at that time; undefined without the sense. */
  readonly truePrices: Float64Array | undefined;
  readonly trueVols: Float64Array | undefined;
  /** What the keeper's model may know: features of the feed and of the chain's public state, as late as its latency. */
  readonly features: MomentFeatures;
  /** The feed's rounds, those that come first in this block included, oldest first. */
  readonly rounds: readonly PostedRound[];
  /** Rounds that the feed must carry by this block, faults included; the oracle reporter's alone. */
  readonly dueRounds: readonly FeedRound[];
  /** Smallest units of one whole of the traded underlying. */
  readonly tokenUnit: number;
  /** The protocol's listing and arithmetic. */
  readonly protocol: ProtocolTwin;
  /** Base fee that the next block will have, wei. */
  readonly baseFee: bigint;
  /** Public submissions pending, oldest first. */
  readonly pending: readonly Submission[];
  /** Outcomes of this agent's submissions since it was last asked. */
  readonly outcomes: readonly Outcome[];
  /** Addresses of this agent's accounts by name. */
  readonly addresses: Readonly<Record<string, Address>>;
}

/** Pure decider: same view, memory and stream give the same answer; `seen` is left unchanged. */
export interface Agent<M> {
  readonly id: AgentId;
  readonly role: Role;
  readonly accounts: readonly AccountSpec[];
  /** Seconds by which the truth reaches this agent; undefined: it never sees the truth. */
  readonly truthLatency: number | undefined;
  start(random: Random): M;
  decide(
    seen: Observation,
    memory: M,
    random: Random,
  ): { readonly submit: readonly Submission[]; readonly cancel: readonly SubmissionId[]; readonly memory: M };
}
