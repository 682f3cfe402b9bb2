import type { OracleFault } from "./oracle-fault.ts";

/** Rounds that the spike has posted, the one that ends it included. */
export interface SpikeMemory {
  readonly sent: number;
}

/**
 * From `from` on the feed posts rounds that are off by a factor, one each `step` seconds, then one that is right again.
 * They take the place of what is due in the spell.
 */
export function spikingFeed(from: number, rounds: number, factor: number, step: number): OracleFault<SpikeMemory> {
  const end = from + rounds * step;
  return {
    name: "spike",
    start: { sent: 0 },
    spell: [from, end],
    apply({ due, truth, now }, { sent }) {
      const own = Array.from({ length: rounds + 1 }, (_, index) => ({
        answer: index < rounds ? truth.spot * factor : truth.spot,
        observedAt: from + index * step,
        updatedAt: from + index * step,
      })).filter(({ updatedAt }, index) => index >= sent && updatedAt <= now);
      const others = due.filter(({ updatedAt }) => updatedAt < from || updatedAt > end);
      const reports = [...others, ...own].sort((a, b) => a.updatedAt - b.updatedAt);
      return { reports, memory: { sent: sent + own.length } };
    },
  };
}
