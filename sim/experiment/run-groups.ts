import type { NetworkManager } from "hardhat/types/network";

import type { Action } from "../../src/protocol/actions.ts";
import type { ProtocolAdapter } from "../../src/protocol/adapter.ts";
import type { ProtocolView } from "../../src/protocol/view.ts";
import { openStage, type Stage } from "../engine/stage.ts";
import type { Scenario } from "../scenarios/scenario.ts";

import { runGroup, type FinishedGroup, type GroupContext, type RunGroup } from "./run-group.ts";

/** Where groups run. */
export interface Arena {
  readonly network: Pick<NetworkManager, "create">;
  readonly adapter: ProtocolAdapter<ProtocolView, Action>;
  readonly scenario: Scenario;
  /** Chains at once. */
  readonly jobs: number;
}

/**
 * Runs all groups on several chains at once; which chain runs what changes nothing in the results, which come back in
 * the order of the groups. A chain deploys again only when the preset changes.
 *
 * @param onGroup - called as each group ends, in no particular order
 */
export async function runGroups(
  arena: Arena,
  groups: readonly RunGroup[],
  context: GroupContext,
  onGroup: (index: number, finished: FinishedGroup) => void,
): Promise<void> {
  let next = 0;
  let failed = false;
  const work = async (): Promise<void> => {
    let stage: Stage | undefined;
    try {
      while (next < groups.length && !failed) {
        const index = next++;
        const group = groups[index];
        if (stage?.preset !== group.preset) {
          await stage?.close();
          stage = undefined;
          stage = await openStage(arena.network, arena.adapter, arena.scenario, group.preset);
        }
        onGroup(index, await runGroup(stage, group, context));
      }
    } catch (error) {
      failed = true;
      throw error;
    } finally {
      await stage?.close();
    }
  };
  const workers = Array.from({ length: Math.min(arena.jobs, groups.length) }, work);
  const ended = await Promise.allSettled(workers);
  for (const worker of ended) if (worker.status === "rejected") throw worker.reason;
}
