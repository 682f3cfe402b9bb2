import type { BlockStatement, MinedBlock } from "../../src/chain/chain.ts";
import type { FeedRound } from "../../src/protocol/actions.ts";
import type { ProtocolEvent } from "../../src/protocol/events.ts";
import type { ProtocolView } from "../../src/protocol/view.ts";
import type { Outcome } from "../agents/agent.ts";
import type { BlockContext, BlockOrder } from "../mempool/builder.ts";
import type { Dropped } from "../mempool/pool.ts";
import type { Truth } from "../world/truth.ts";
import type { PlannedTransaction } from "./block-plan.ts";

/** What a block meets. */
export interface Moment {
  readonly index: number;
  /** Unix seconds. */
  readonly time: number;
  readonly truth: Truth;
  readonly context: BlockContext;
  /** Rounds that the feed must carry. */
  readonly due: readonly FeedRound[];
}

/** A block as it will be mined, and what stays behind. */
export interface BlockBuild {
  readonly planned: readonly PlannedTransaction[];
  readonly left: BlockOrder["left"];
  readonly dropped: readonly Dropped[];
}

/** What came out of a block. */
export interface FinishedBlock {
  readonly moment: Moment;
  readonly order: BlockBuild;
  readonly statement: BlockStatement;
  readonly mined: MinedBlock;
  readonly view: ProtocolView;
  readonly events: readonly ProtocolEvent[];
  readonly outcomes: readonly (Outcome | undefined)[];
}
