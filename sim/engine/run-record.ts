import type { ProtocolEvent } from "../../src/protocol/events.ts";
import type { ProtocolView } from "../../src/protocol/view.ts";
import type { AgentId, Outcome } from "../agents/agent.ts";
import type { Role } from "../scenarios/scenario.ts";
import type { Truth } from "../world/truth.ts";

/** What a run is: scenario × model × severity × seed × preset on one fresh chain state. */
export interface RunSpec {
  readonly scenario: string;
  readonly model: string;
  readonly severity: number;
  /** Index of the chain seed, 0 … seeds − 1; with the master seed it fixes all draws. */
  readonly seed: number;
  readonly masterSeed: number;
  readonly preset: string;
  /** Trades and liquidations move the outside price. */
  readonly feedback: boolean;
  /** Rung of the ladder for the perfect model: P0 … P3; undefined for models. */
  readonly rung?: "P0" | "P1" | "P2" | "P3";
}

/** One block of a run, as measures need it. */
export interface BlockRecord {
  readonly index: number;
  readonly number: bigint;
  readonly time: number;
  readonly truth: Truth;
  /** True option price and implied vol by series index; intrinsic value after expiry. */
  readonly truePrices: Float64Array;
  readonly trueVols: Float64Array;
  /** Vol of the contract's source by series index (spread and fees at zero), by the float twin; NaN: no quote. */
  readonly quotedVols: Float64Array;
  /** The model's own output by series index at the last decision of the keeper; NaN before the first. */
  readonly intendedVols: Float64Array;
  readonly view: ProtocolView;
  readonly outcomes: readonly Outcome[];
  readonly events: readonly ProtocolEvent[];
  readonly baseFee: bigint;
  readonly gasUsed: bigint;
  /** Gas by role. */
  readonly gasByRole: Readonly<Partial<Record<Role | "harness", number>>>;
  /** Wei burnt as base fee and paid as tips in this block. */
  readonly burntWei: bigint;
  readonly tipsWei: bigint;
}

export interface AgentRecord {
  readonly id: AgentId;
  readonly role: Role;
  readonly addresses: readonly string[];
}

/** A finished run in memory: the input of every measure. */
export interface RunRecord {
  readonly spec: RunSpec;
  readonly agents: readonly AgentRecord[];
  /** View and truth right before the first block. */
  readonly genesis: BlockRecord;
  readonly blocks: readonly BlockRecord[];
  /** Spells of faults in Unix seconds. */
  readonly faults: readonly { readonly name: string; readonly from: number; readonly to: number }[];
  /** Unix seconds. */
  readonly onset: number;
  readonly plateauFrom: number;
  readonly plateauTo: number;
  readonly stateRoots: readonly string[];
}
