import type { OracleFault } from "./oracle-fault.ts";

/** Answer in force when the feed froze, USD. */
export interface FrozenMemory {
  readonly answer: number | undefined;
}

/** Rounds of the spell carry the answer from before it, with fresh timestamps: an age check sees nothing. */
export function frozenFreshFeed(spell: readonly [number, number]): OracleFault<FrozenMemory> {
  return {
    name: "frozen-fresh",
    start: { answer: undefined },
    spell,
    apply({ due, posted }, memory) {
      let last = posted.at(-1)?.answer;
      let answer = memory.answer;
      const reports = due.map((round) => {
        if (round.updatedAt < spell[0] || round.updatedAt >= spell[1]) {
          last = round.answer;
          return round;
        }
        answer ??= last ?? round.answer;
        return { ...round, answer };
      });
      return { reports, memory: { answer } };
    },
  };
}
