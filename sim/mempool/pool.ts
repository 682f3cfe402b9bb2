import type { AgentId, Submission, SubmissionId } from "../agents/agent.ts";
import type { PendingTransaction } from "./builder.ts";

/** What left the pool without being mined. */
export interface Dropped {
  readonly transaction: PendingTransaction;
  readonly kind: "dropped" | "expired";
}

/** Submissions that one agent may have waiting; the oldest make room. */
export const POOL_SLOTS_PER_AGENT = 16;

/**
 * The pool of pending transactions, a value: every operation gives a new one. It holds, expires, replaces, cancels and
 * drops; the chain's own pool stays empty.
 */
export interface Pool {
  readonly pending: readonly PendingTransaction[];
  /** Number of the next arrival. */
  readonly nextSequence: number;
}

export const emptyPool: Pool = { pending: [], nextSequence: 0 };

/** Adds submissions in order; one with the id of a waiting one of the same agent replaces it and arrives anew. */
export function submit(
  pool: Pool,
  agent: AgentId,
  submissions: readonly Submission[],
  now: number,
): { readonly pool: Pool; readonly dropped: readonly Dropped[] } {
  let pending = [...pool.pending];
  const dropped: Dropped[] = [];
  let sequence = pool.nextSequence;
  for (const submission of submissions) {
    pending = pending.filter(
      ({ agent: other, submission: waiting }) => other !== agent || waiting.id !== submission.id,
    );
    pending.push({ agent, submission, arrivedAt: now, sequence: sequence++ });
    const own = pending.filter(({ agent: other }) => other === agent);
    if (own.length > POOL_SLOTS_PER_AGENT) {
      pending = pending.filter((transaction) => transaction !== own[0]);
      dropped.push({ transaction: own[0], kind: "dropped" });
    }
  }
  return { pool: { pending, nextSequence: sequence }, dropped };
}

/** Takes out what its agent no longer wants. */
export function cancel(
  pool: Pool,
  agent: AgentId,
  ids: readonly SubmissionId[],
): { readonly pool: Pool; readonly dropped: readonly Dropped[] } {
  return split(pool, ({ agent: other, submission: { id } }) => other === agent && ids.includes(id), "dropped");
}

/** Takes out what is no longer valid at `now`. */
export function expire(pool: Pool, now: number): { readonly pool: Pool; readonly dropped: readonly Dropped[] } {
  return split(pool, ({ submission }) => submission.validUntil < now, "expired");
}

/** Takes out what was mined. */
export function remove(pool: Pool, mined: readonly PendingTransaction[]): Pool {
  const gone = new Set(mined.map(({ sequence }) => sequence));
  return { ...pool, pending: pool.pending.filter(({ sequence }) => !gone.has(sequence)) };
}

function split(
  pool: Pool,
  leaves: (transaction: PendingTransaction) => boolean,
  kind: Dropped["kind"],
): { readonly pool: Pool; readonly dropped: readonly Dropped[] } {
  const dropped = pool.pending.filter(leaves).map((transaction) => ({ transaction, kind }));
  if (dropped.length === 0) return { pool, dropped };
  return { pool: { ...pool, pending: pool.pending.filter((transaction) => !leaves(transaction)) }, dropped };
}
