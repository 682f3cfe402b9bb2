import type { FeedRound } from "../../src/protocol/actions.ts";
import type { Random } from "../../src/random/random.ts";
import type { Truth } from "../world/truth.ts";

/** What a fault sees when reports fall due. Times are Unix seconds. */
export interface FaultInput {
  /** Reports that an honest feed would transmit now, oldest first. */
  readonly due: readonly FeedRound[];
  /** Rounds already on the chain, oldest first. */
  readonly posted: readonly FeedRound[];
  readonly truth: Truth;
  readonly now: number;
}

/** A named oracle failure: changes what is posted, nothing else. */
export interface OracleFault<M> {
  readonly name: string;
  readonly start: M;
  /** Active spell in Unix seconds, for shading and for stories. */
  readonly spell: readonly [number, number];
  apply(input: FaultInput, memory: M, random: Random): { readonly reports: readonly FeedRound[]; readonly memory: M };
}
