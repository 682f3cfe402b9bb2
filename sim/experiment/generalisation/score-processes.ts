import type { ChildProcess } from "node:child_process";

import { startProcess } from "../start-process.ts";
import type { GeneralisationConfig } from "./config.ts";
import type { Prepared } from "./replicate.ts";
import type { Scored, ScoringTask } from "./scoring-task.ts";

/** Megabytes for new objects: replicates make many. */
const NURSERY = 64;

/** First message to a scoring process. */
export interface ScoringStart {
  readonly config: GeneralisationConfig;
  readonly prepared: Prepared;
  /** Module files of the user's own models. */
  readonly ownModels: readonly string[];
}

/** A scoring process died or threw; the task that it was at reproduces it. */
export class ScoringProcessError extends Error {
  readonly task: ScoringTask | undefined;

  constructor(what: string, task: ScoringTask | undefined) {
    super(`scoring process${task === undefined ? "" : ` at ${nameOf(task)}`}: ${what}`);
    this.name = "ScoringProcessError";
    this.task = task;
  }
}

function nameOf(task: ScoringTask): string {
  return task.kind === "replicates" ? `replicates ${task.from} to ${task.to - 1}` : `the ${task.kind} control`;
}

/** Processes that score; to be started early, since loading takes them a second. */
export class ScoringProcesses {
  readonly #children: readonly ChildProcess[];

  constructor(count: number) {
    this.#children = Array.from({ length: count }, () => startProcess("score-process", import.meta.url, NURSERY));
  }

  /**
   * Carries out tasks, every process taking the next when it is done with one.
   * @returns in the order of the tasks, whatever process did them
   * @throws {ScoringProcessError} when a process fails; what `onDone` throws; the signal's reason. All processes are
   * stopped then, and when all is done.
   */
  async run(
    start: ScoringStart,
    tasks: readonly ScoringTask[],
    onDone: (scored: Scored) => void,
    signal?: AbortSignal,
  ): Promise<Scored[]> {
    const results = new Array<Scored>(tasks.length);
    let next = 0;
    const work = (child: ChildProcess) =>
      new Promise<void>((resolve, reject) => {
        let current = -1;
        const takeNext = () => {
          if (next === tasks.length) return resolve();
          current = next++;
          child.send(tasks[current]);
        };
        const fail = (what: string) => reject(new ScoringProcessError(what, tasks[current]));
        signal?.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
        child.on("error", (error) => fail(error.message));
        child.on("exit", (code, signal) => fail(`ended early with ${signal ?? `exit code ${code}`}`));
        child.on("message", (answer: { scored: Scored } | { error: string }) => {
          if ("error" in answer) return fail(answer.error);
          results[current] = answer.scored;
          try {
            onDone(answer.scored);
          } catch (error) {
            return reject(error as Error);
          }
          takeNext();
        });
        child.send(start);
        takeNext();
      });
    try {
      signal?.throwIfAborted();
      await Promise.all(this.#children.map(work));
    } finally {
      this.stop();
    }
    return results;
  }

  stop(): void {
    for (const child of this.#children) {
      child.removeAllListeners();
      child.kill();
    }
  }
}
