import type { ChildProcess } from "node:child_process";

import { InternalError, type Reproduction } from "../../src/errors/internal-error.ts";
import type { Scenario } from "../scenarios/scenario.ts";

import type { JudgedRun } from "./finished-run.ts";
import type { PlacedGroup, SettingOrder } from "./chain-settings.ts";
import { GroupsLeft } from "./groups-left.ts";
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
  | { readonly kind: "start"; readonly settings: readonly SettingOrder[]; readonly project: Project }
  | { readonly kind: "group"; readonly placed: PlacedGroup }
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
  readonly #processes: readonly ChainProcess[];
  readonly #signal: AbortSignal | undefined;

  constructor(settings: readonly SettingOrder[], project: Project, count: number, signal: AbortSignal | undefined) {
    this.#signal = signal;
    this.#processes = Array.from({ length: count }, () => new ChainProcess({ kind: "start", settings, project }));
  }

  /**
   * Runs groups, every process taking another when it is done with one.
   * @throws {InternalError} what failed in a process; the signal's reason. All processes are stopped then, and when all
   * is done.
   */
  run(groups: readonly PlacedGroup[], onRun: () => void): Promise<(readonly JudgedRun[])[]> {
    return this.#untilStopped(async () => (await this.#runAll(groups, onRun)).runs);
  }

  /**
   * Runs groups in the first setting; then the process that had a model's worst run makes its bundle.
   * @param scenario - as it runs on chain: recorded prices put some of their own into the request's
   * @throws as `run`
   */
  runWithBundles(groups: readonly RunGroup[], scenario: Scenario, onRun: () => void): Promise<GroupsOutcome> {
    return this.#untilStopped(async () => {
      const placed = groups.map((group) => ({ setting: 0, group }));
      const { runs, ranBy } = await this.#runAll(placed, onRun);
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
    });
  }

  stop(): void {
    for (const process of this.#processes) process.stop();
  }

  async #untilStopped<T>(work: () => Promise<T>): Promise<T> {
    const signal = this.#signal;
    let abort: () => void = () => undefined;
    try {
      signal?.throwIfAborted();
      const aborted = new Promise<never>((_, reject) => {
        abort = () => reject(signal?.reason as Error);
        signal?.addEventListener("abort", abort, { once: true });
      });
      return await Promise.race([aborted, work()]);
    } finally {
      signal?.removeEventListener("abort", abort);
      this.stop();
    }
  }

  async #runAll(groups: readonly PlacedGroup[], onRun: () => void) {
    const runs = new Array<readonly JudgedRun[]>(groups.length);
    const ranBy = new Array<ChainProcess>(groups.length);
    const left = new GroupsLeft(groups);
    const work = async (process: ChainProcess) => {
      await process.ready;
      let place: number | undefined;
      while ((place = left.take(place)) !== undefined) {
        ranBy[place] = process;
        runs[place] = (await process.ask({ kind: "group", placed: groups[place] }, "group", onRun)).runs;
      }
    };
    await Promise.all(this.#processes.map(work));
    return { runs, ranBy };
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
