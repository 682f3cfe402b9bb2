import type { FeedRound } from "../../src/protocol/actions.ts";
import type { OracleFault } from "./oracle-fault.ts";

/** Rounds on their way, oldest first. */
export interface DelayedMemory {
  readonly underway: readonly FeedRound[];
}

/** Rounds of the spell land `delay` seconds later and carry their old observation: congestion at the reporter. */
export function delayedFeed(spell: readonly [number, number], delay: number): OracleFault<DelayedMemory> {
  return {
    name: "delayed",
    start: { underway: [] },
    spell,
    apply({ due, now }, { underway }) {
      const late = due.map((round) => {
        const isLate = round.updatedAt >= spell[0] && round.updatedAt < spell[1];
        return isLate ? { ...round, updatedAt: round.updatedAt + delay } : round;
      });
      // A round that was sent later may not overtake one that is underway: it waits and lands right behind it.
      const queue: FeedRound[] = [...underway];
      for (const round of late) {
        const before = queue.at(-1)?.updatedAt ?? Number.NEGATIVE_INFINITY;
        queue.push({ ...round, updatedAt: Math.max(round.updatedAt, before) });
      }
      const landed = queue.filter(({ updatedAt }) => updatedAt <= now);
      return { reports: landed, memory: { underway: queue.slice(landed.length) } };
    },
  };
}
