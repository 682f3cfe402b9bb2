import type { Action, PostedSmile } from "../../src/protocol/actions.ts";
import type { Agent, Observation, Submission } from "./agent.ts";
import { chores } from "./keeper-chores.ts";
import { soleAccount, submission, type AgentSetting } from "./submitting.ts";

export const surfaceKeeperDefaults = {
  /** Gwei: more than traders pay, so that they meet its surface and not the one before. */
  tip: 6,
};

/** What the keeper posts: the frozen model's smiles of all open expiries, from what it sees; none for other vol sources. */
export type SurfaceWriter = (seen: Observation) => readonly PostedSmile[];

/** Seconds between posts at most, and the share of the price whose move calls for one at once. */
export interface KeeperCycle {
  readonly cycle: number;
  readonly latency: number;
  readonly moveTrigger: number;
}

export interface SurfaceKeeperMemory {
  /** Unix seconds and USD of the last post. */
  readonly postedAt: number;
  readonly spotAtPost: number;
  readonly pending: string | undefined;
}

/** Keeps the protocol going: posts the model's surface each cycle or move, and does the chores that anybody may do. */
export function surfaceKeeper(
  setting: AgentSetting<typeof surfaceKeeperDefaults>,
  { cycle, latency, moveTrigger }: KeeperCycle,
  write: SurfaceWriter | undefined,
): Agent<SurfaceKeeperMemory> {
  const { id, capital, parameters } = setting;
  const urgency = { tip: parameters.tip, patience: cycle };
  return {
    id,
    role: "surface-keeper",
    accounts: soleAccount(capital),
    truthLatency: latency,
    start: () => ({ postedAt: Number.NEGATIVE_INFINITY, spotAtPost: Number.NaN, pending: undefined }),
    decide(seen, before) {
      const failed = seen.outcomes.some(({ id: done, kind }) => done === before.pending && kind !== "done");
      const memory = failed ? { ...before, postedAt: Number.NEGATIVE_INFINITY } : before;
      const { spot } = seen.features;
      const isDue = seen.now - memory.postedAt >= cycle;
      const hasMoved = Math.abs(spot / memory.spotAtPost - 1) >= moveTrigger;
      const submit: Submission[] = [];
      let after = memory;
      if (write !== undefined && (isDue || hasMoved)) {
        const smiles = write(seen);
        if (smiles.length > 0) {
          const words = `posts ${smiles.length} smiles, ${Math.round(smiles[0].referenceVol * 100)} % at the money`;
          submit.push(submission(seen, id, 0, [{ kind: "post-smiles", smiles }], urgency, words));
          after = { postedAt: seen.now, spotAtPost: spot, pending: submit[0].id };
        }
      }
      for (const { steps, words } of chores(seen)) {
        submit.push(submission(seen, id, submit.length + 1, steps as [Action, ...Action[]], urgency, words));
      }
      return { submit, cancel: [], memory: after };
    },
  };
}
