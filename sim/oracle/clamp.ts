import type { OracleFault } from "./oracle-fault.ts";

/** Answers of the spell stay within the aggregator's bounds in USD, however far the market goes. */
export function clampedFeed(spell: readonly [number, number], min: number, max: number): OracleFault<null> {
  return {
    name: "clamp",
    start: null,
    spell,
    apply({ due }, memory) {
      const reports = due.map((round) => {
        const isClamped = round.updatedAt >= spell[0] && round.updatedAt < spell[1];
        return isClamped ? { ...round, answer: Math.min(max, Math.max(min, round.answer)) } : round;
      });
      return { reports, memory };
    },
  };
}
