import type { ChildProcess } from "node:child_process";
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

import type { GeneralisationConfig } from "./config.ts";
import type { Prepared, ReplicateErrors } from "./replicate.ts";

/** First message to a scoring process. */
export interface ScoringStart {
  readonly config: GeneralisationConfig;
  readonly prepared: Prepared;
  /** Module files of the user's own models. */
  readonly ownModels: readonly string[];
}

/** Replicates to score: [from, to). */
export type Chunk = readonly [number, number];

/** A scoring process died or threw; the replicates that it was at reproduce it. */
export class ScoringProcessError extends Error {
  readonly chunk: Chunk | undefined;

  constructor(what: string, chunk: Chunk | undefined) {
    const at = chunk === undefined ? "" : ` at replicates ${chunk[0]} to ${chunk[1] - 1}`;
    super(`scoring process${at}: ${what}`);
    this.name = "ScoringProcessError";
    this.chunk = chunk;
  }
}

/**
 * Scores chunks of replicates on several processes, each taking the next chunk when it is done with one.
 * @returns replicates in the order of the chunks, whatever process scored them
 * @throws {ScoringProcessError} when a process fails; what `onDone` throws; the signal's reason. All processes are
 * stopped then.
 */
export async function scoreInProcesses(
  start: ScoringStart,
  chunks: readonly Chunk[],
  jobs: number,
  onDone: (replicates: number) => void,
  signal?: AbortSignal,
): Promise<ReplicateErrors[]> {
  signal?.throwIfAborted();
  const results = new Array<ReplicateErrors[]>(chunks.length);
  const children = Array.from({ length: jobs }, startProcess);
  let next = 0;
  let done = 0;
  const work = (child: ChildProcess) =>
    new Promise<void>((resolve, reject) => {
      let current: number | undefined;
      const takeNext = () => {
        if (next === chunks.length) return resolve();
        current = next++;
        child.send(chunks[current]);
      };
      const fail = (what: string) => {
        reject(new ScoringProcessError(what, current === undefined ? undefined : chunks[current]));
      };
      signal?.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
      child.on("error", (error) => fail(error.message));
      child.on("exit", (code, signal) => fail(`ended early with ${signal ?? `exit code ${code}`}`));
      child.on("message", (answer: { replicates: ReplicateErrors[] } | { error: string }) => {
        if ("error" in answer) return fail(answer.error);
        results[current!] = answer.replicates;
        try {
          onDone((done += answer.replicates.length));
        } catch (error) {
          return reject(error as Error);
        }
        takeNext();
      });
      child.send(start);
      takeNext();
    });
  try {
    await Promise.all(children.map(work));
  } finally {
    for (const child of children) {
      child.removeAllListeners();
      child.kill();
    }
  }
  return results.flat();
}

function startProcess(): ChildProcess {
  const isSource = import.meta.url.endsWith(".ts");
  const script = fileURLToPath(new URL(`./score-process.${isSource ? "ts" : "js"}`, import.meta.url));
  // Loaders of the parent would slow the child down; Node 22 strips types only when asked.
  const strip = isSource ? ["--experimental-strip-types", "--disable-warning=ExperimentalWarning"] : [];
  // Replicates make much short-lived memory; a larger nursery collects it less often.
  const execArgv = [...strip, "--max-semi-space-size=64"];
  return fork(script, [], { execArgv, serialization: "advanced" });
}
