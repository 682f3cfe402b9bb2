import { ChainProcesses } from "./chain-processes.ts";
import { ChainSettings, type PlacedGroup, type SettingOrder } from "./chain-settings.ts";
import type { JudgedRun } from "./finished-run.ts";
import type { HardhatParts } from "./hardhat-parts.ts";

/** Where groups run, and who hears of it. */
export interface ChainMeans {
  /** Processes that may run at once; one: the chain runs in this process. */
  readonly jobs: number;
  readonly hardhat: Pick<HardhatParts, "network" | "project">;
  readonly signal: AbortSignal | undefined;
  /** Called after every run. */
  readonly onRun: () => void;
}

/**
 * Runs groups in their settings, in as many processes as there are jobs.
 * @returns runs in the order of the groups, the same for any number of jobs
 * @throws {InternalError} what failed in a process; the signal's reason
 */
export async function runPlaced(
  settings: readonly SettingOrder[],
  groups: readonly PlacedGroup[],
  { jobs, hardhat, signal, onRun }: ChainMeans,
): Promise<(readonly JudgedRun[])[]> {
  const count = Math.min(jobs, groups.length);
  if (count > 1) return new ChainProcesses(settings, hardhat.project, count, signal).run(groups, onRun);
  const chains = new ChainSettings(hardhat.network, settings);
  try {
    const runs: (readonly JudgedRun[])[] = [];
    for (const group of groups) runs.push(await chains.run(group, onRun, signal));
    return runs;
  } finally {
    await chains.close();
  }
}
