import type { BlockContext, BlockOrder, Builder, PendingTransaction } from "./builder.ts";

/** What a builder earns per gas: the tip, as far as the maximal fee leaves room for it above the base fee. */
export function effectiveTip({ submission: { bid } }: PendingTransaction, baseFee: bigint): bigint {
  const room = bid.maxFee - baseFee;
  return bid.tip < room ? bid.tip : room;
}

/**
 * Highest effective tip first, then first come first served. What cannot pay the base fee waits as `outbid`; what does
 * not fit into the gas that is left waits as `full`, and smaller ones behind it may still fit.
 */
export const feePriority: Builder<null> = {
  name: "fee-priority",
  start: null,
  build({ pool, block }, memory) {
    return { order: packByTip(pool, block), memory };
  },
};

function packByTip(pool: readonly PendingTransaction[], block: BlockContext): BlockOrder {
  const byTip = [...pool].sort((a, b) => {
    const difference = effectiveTip(b, block.baseFee) - effectiveTip(a, block.baseFee);
    return difference === 0n ? a.sequence - b.sequence : difference > 0n ? 1 : -1;
  });
  const included: PendingTransaction[] = [];
  const left: BlockOrder["left"][number][] = [];
  let gas = block.gasAvailable < block.gasLimit ? block.gasAvailable : block.gasLimit;
  for (const transaction of byTip) {
    const { bid, validUntil } = transaction.submission;
    if (validUntil < block.time) left.push({ transaction, why: "expired" });
    else if (bid.maxFee < block.baseFee) left.push({ transaction, why: "outbid" });
    else if (BigInt(bid.gas) > gas) left.push({ transaction, why: "full" });
    else {
      included.push(transaction);
      gas -= BigInt(bid.gas);
    }
  }
  return { included, left };
}
