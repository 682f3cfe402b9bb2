import type { FeedRound } from "../../src/protocol/actions.ts";
import type { OracleFault } from "./oracle-fault.ts";

/** Nothing is posted in the spell, while the market moves; afterwards the feed goes on with what is due then. */
export function staleFeed(spell: readonly [number, number]): OracleFault<null> {
  const isSilent = (round: FeedRound): boolean => round.updatedAt >= spell[0] && round.updatedAt < spell[1];
  return {
    name: "stale",
    start: null,
    spell,
    apply: ({ due }, memory) => ({ reports: due.filter((round) => !isSilent(round)), memory }),
  };
}
