import type { MinedBlock } from "../../src/chain/chain.ts";
import type { ProtocolEvent } from "../../src/protocol/events.ts";
import type { Outcome } from "../agents/agent.ts";
import type { Dropped } from "../mempool/pool.ts";
import type { BlockOrder } from "../mempool/builder.ts";
import type { PlannedTransaction } from "./block-plan.ts";
import { errorName, isExpectedError } from "./expected-errors.ts";
import type { RunSpec } from "./run-record.ts";
import { UnexpectedRevertError } from "./unexpected-revert-error.ts";

/**
 * What became of the transactions of a block, in its order.
 * @throws {UnexpectedRevertError} when one failed for a reason that its actions do not explain
 */
export function outcomesOf(
  spec: RunSpec,
  index: number,
  planned: readonly PlannedTransaction[],
  mined: MinedBlock,
  events: readonly ProtocolEvent[],
): (Outcome | undefined)[] {
  return planned.map(({ agent, submission }, place) => {
    const receipt = mined.receipts[place];
    if (submission === undefined) {
      if (receipt.status === "success") return undefined;
      throw new UnexpectedRevertError(spec, index, agent, settingSubmission, "a reverted setting");
    }
    const own = events.filter(({ transaction }) => transaction === place);
    const outcome = own.find((event) => event.kind === "outcome");
    if (receipt.status !== "success" || outcome === undefined) {
      throw new UnexpectedRevertError(spec, index, agent, submission, "no outcome (out of gas?)");
    }
    if (!outcome.done && !isExpectedError(errorName(outcome.error), submission.steps)) {
      const { name, args } = outcome.error ?? { name: "an unknown error", args: [] };
      const error = `${name}(${args.join(", ")}) at step ${outcome.failedStep}`;
      throw new UnexpectedRevertError(spec, index, agent, submission, error);
    }
    return {
      id: submission.id,
      agent,
      block: mined.number,
      kind: outcome.done ? "done" : "reverted",
      error: outcome.error,
      gasUsed: Number(receipt.gasUsed),
      cost: receipt.gasUsed * receipt.effectiveGasPrice,
      events: own,
    };
  });
}

const settingSubmission = {
  id: "setting",
  account: "owner",
  steps: [{ kind: "observe-pool", underlying: 0 }],
  bid: { maxFee: 0n, tip: 0n, gas: 0 },
  validUntil: 0,
  lane: "private",
  intent: "a setting of the protocol",
} as const;

/** Outcomes of what left the pool without being mined. */
export function droppedOutcomes(dropped: readonly Dropped[], block: bigint): Outcome[] {
  return dropped.map(({ transaction: { agent, submission }, kind }) => ({ id: submission.id, agent, block, kind }));
}

/** What the builder left behind, for the bundle. */
export function notIncluded(
  left: BlockOrder["left"],
): { readonly agent: string; readonly submission: string; readonly why: string }[] {
  return left.map(({ transaction: { agent, submission }, why }) => ({ agent, submission: submission.id, why }));
}
