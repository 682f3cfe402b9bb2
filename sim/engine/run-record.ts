import type { MomentFeatures } from "../../src/models/feature-pipeline.ts";
import type { TradeLog } from "../../src/models/trade-log.ts";
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
  /** What models see as of the end of this block. */
  readonly features: MomentFeatures;
  /**
   * The telescope from model to contract, vol by series index (NaN: none): the frozen model's own output on this block's
   * features; the same through the sixteen nodes of the posted grid; what the keeper's last post offered, through the
   * grid; and what the contract's source says now (spread and fees at zero, by the float twin). Their differences are
   * model, projection, latency and guards. For P0 all four are the contract's.
   */
  readonly modelVols: Float64Array;
  readonly projectedVols: Float64Array;
  readonly offeredVols: Float64Array;
  readonly quotedVols: Float64Array;
  /** Smiles offered to the contract in this block, and those it refused, with the reason's name. */
  readonly posts: { readonly offered: number; readonly clamped: number; readonly refused: readonly string[] };
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
  /** What the run's own events say, as features and fits read them. */
  readonly log: TradeLog;
}
