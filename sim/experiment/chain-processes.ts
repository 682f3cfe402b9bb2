import type { ChildProcess } from "node:child_process";

import { InternalError, type Reproduction } from "../../src/errors/internal-error.ts";
import type { Scenario } from "../scenarios/scenario.ts";

import type { JudgedRun } from "./finished-run.ts";
import type { ExperimentRequest } from "./request.ts";
import type { RunGroup } from "./run-group.ts";
import { startProcess } from "./start-process.ts";
import { worstOfModels, type WorstBundle } from "./worst-runs.ts";

/** Megabytes for new objects: every block of a run makes many. */
const NURSERY = 128;

/** Where a process finds the project whose contracts it runs. */
export interface Project {
  readonly config: string;
  readonly root: string;
}

export type ChainOrder =
  | { readonly kind: "start"; readonly request: Omit<ExperimentRequest, "signal">; readonly project: Project }
  | { readonly kind: "group"; readonly group: RunGroup }
  | { readonly kind: "bundles"; readonly models: readonly string[] };

export type ChainAnswer =
  | { readonly kind: "ready" }
  | { readonly kind: "run" }
  | { readonly kind: "group"; readonly runs: readonly JudgedRun[] }
  | { readonly kind: "bundles"; readonly bundles: readonly WorstBundle[] }
  | {
      readonly kind: "failed";
      readonly message: string;
      readonly stack: string | undefined;
      readonly reproduction: Reproduction | undefined;
    };

/** What came back, in the order of the groups whatever process ran them. */
export interface GroupsOutcome {
  readonly runs: readonly (readonly JudgedRun[])[];
  /** The worst run of each model, in the order of the models. */
  readonly bundles: readonly WorstBundle[];
}

/**
 * Several processes, each with a chain of its own, to be started early: they load and open the project while something
 * else goes on.
 */
export class ChainProcesses {
  readonly #request: ExperimentRequest;
  readonly #processes: readonly ChainProcess[];

  constructor(request: ExperimentRequest, project: Project, count: number) {
    this.#request = request;
    const plain = { ...request, signal: undefined };
    this.#processes = Array.from({ length: count }, () => new ChainProcess({ kind: "start", request: plain, project }));
  }

  /**
   * Runs groups, every process taking the next when it is done with one; then the process that had a model's worst run
   * makes its bundle.
   * @param scenario - as it runs on chain: recorded prices put some of their own into the request's
   * @throws {InternalError} what failed in a process; the signal's reason. All processes are stopped then.
   */
  async run(groups: readonly RunGroup[], scenario: Scenario, onRun: () => void): Promise<GroupsOutcome> {
    const { signal } = this.#request;
    signal?.throwIfAborted();
    const aborted = new Promise<never>((_, reject) => {
      signal?.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    });
    try {
      return await Promise.race([aborted, this.#run(groups, scenario, onRun)]);
    } finally {
      this.stop();
    }
  }

  stop(): void {
    for (const process of this.#processes) process.stop();
  }

  async #run(groups: readonly RunGroup[], scenario: Scenario, onRun: () => void): Promise<GroupsOutcome> {
    const runs = new Array<readonly JudgedRun[]>(groups.length);
    const ranBy = new Array<ChainProcess>(groups.length);
    let next = 0;
    const work = async (process: ChainProcess) => {
      await process.ready;
      while (next < groups.length) {
        const current = next++;
        ranBy[current] = process;
        runs[current] = (await process.ask({ kind: "group", group: groups[current] }, "group", onRun)).runs;
      }
    };
    await Promise.all(this.#processes.map(work));
    const worst = worstOfModels(runs, scenario);
    const made = await Promise.all(
      this.#processes.map(async (process) => {
        const models = worst.flatMap(({ model, group }) => (ranBy[group] === process ? [model] : []));
        return models.length === 0 ? [] : (await process.ask({ kind: "bundles", models }, "bundles")).bundles;
      }),
    );
    const bundles = made.flat();
    return {
      runs,
      bundles: worst.map(({ model }) => bundles.find(({ run }) => run.summary.spec.model === model)!),
    };
  }
}

/** One process; it obeys one order at a time. */
class ChainProcess {
  /** When it has opened the project. */
  readonly ready: Promise<unknown>;
  readonly #child: ChildProcess;
  /** The order that waits for its answer. */
  #waiting: { answered: (answer: ChainAnswer) => void; failed: (error: Error) => void } | undefined;
  #failure: Error | undefined;

  constructor(start: ChainOrder) {
    this.#child = startProcess("chain-process", import.meta.url, NURSERY);
    this.#child.on("error", (error) => this.#fail(error));
    this.#child.on("exit", (code, by) =>
      this.#fail(new InternalError(`a chain process ended early with ${by ?? `exit code ${code}`}`, {})),
    );
    this.#child.on("message", (answer: ChainAnswer) => {
      if (answer.kind === "failed") this.#fail(failureOf(answer));
      else this.#waiting?.answered(answer);
    });
    this.ready = this.ask(start, "ready");
    // Whoever runs groups hears of it; until then nobody listens.
    this.ready.catch(() => undefined);
  }

  ask<K extends ChainAnswer["kind"]>(
    order: ChainOrder,
    kind: K,
    onRun?: () => void,
  ): Promise<Extract<ChainAnswer, { kind: K }>> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      this.#waiting = {
        answered: (answer) => {
          if (answer.kind === kind) resolve(answer as Extract<ChainAnswer, { kind: K }>);
          else if (answer.kind === "run") onRun?.();
        },
        failed: reject,
      };
      this.#child.send(order);
    });
  }

  stop(): void {
    this.#child.removeAllListeners();
    this.#child.kill();
  }

  #fail(error: Error): void {
    this.#failure = error;
    this.#waiting?.failed(error);
  }
}

function failureOf({ message, stack, reproduction = {} }: Extract<ChainAnswer, { kind: "failed" }>): InternalError {
  const error = new InternalError("a chain process failed", reproduction);
  error.message = message;
  if (stack !== undefined) error.stack = stack;
  return error;
}
