import type { Random } from "../../src/random/random.ts";
import type { AgentId, Submission } from "../agents/agent.ts";

/** A submission waiting in our own pool. */
export interface PendingTransaction {
  readonly agent: AgentId;
  readonly submission: Submission;
  /** Unix seconds and order of arrival. */
  readonly arrivedAt: number;
  readonly sequence: number;
}

/** Header of the block being built. */
export interface BlockContext {
  readonly index: number;
  /** Unix seconds. */
  readonly time: number;
  readonly baseFee: bigint;
  readonly gasLimit: bigint;
  /** Gas that background demand bidding above our agents leaves to them. */
  readonly gasAvailable: bigint;
}

/** What goes in, in order, and what does not, with the reason. */
export interface BlockOrder {
  readonly included: readonly PendingTransaction[];
  readonly left: readonly {
    readonly transaction: PendingTransaction;
    readonly why: "outbid" | "full" | "expired" | "cancelled" | "unfunded";
  }[];
}

/** Orders a block's transactions; keepers' and harness transactions of the same block come first, in stated order. */
export interface Builder<M> {
  readonly name: string;
  readonly start: M;
  build(
    input: { readonly pool: readonly PendingTransaction[]; readonly block: BlockContext },
    memory: M,
    random: Random,
  ): { readonly order: BlockOrder; readonly memory: M };
}
