import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";

import { InternalError, type Reproduction } from "../../src/errors/internal-error.ts";

import type { JudgedRun } from "./finished-run.ts";
import type { ExperimentRequest } from "./request.ts";
import type { RunGroup } from "./run-group.ts";
import type { WorstBundle } from "./worst-runs.ts";

/** Where a process finds the project whose contracts it runs. */
export interface Project {
  readonly config: string;
  readonly root: string;
}

export type ChainOrder =
  | { readonly kind: "start"; readonly request: Omit<ExperimentRequest, "signal">; readonly project: Project }
  | { readonly kind: "group"; readonly group: RunGroup }
  | { readonly kind: "finish" };

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
  /** Every process's worst run of each model. */
  readonly bundles: readonly WorstBundle[];
}

/**
 * Runs groups on several processes, each with a chain of its own and taking the next group when it is done with one.
 * @throws {InternalError} what failed in a process; the signal's reason. All processes are stopped then.
 */
export async function runInProcesses(
  request: ExperimentRequest,
  project: Project,
  groups: readonly RunGroup[],
  onRun: () => void,
): Promise<GroupsOutcome> {
  const { signal, ...plain } = request;
  signal?.throwIfAborted();
  const runs = new Array<readonly JudgedRun[]>(groups.length);
  const bundles: WorstBundle[] = [];
  const children = Array.from({ length: Math.min(request.jobs, groups.length) }, startProcess);
  let next = 0;
  const work = (child: ChildProcess) =>
    new Promise<void>((resolve, reject) => {
      let current = -1;
      const order = (message: ChainOrder) => child.send(message);
      const proceed = () => {
        current = next++;
        order(current < groups.length ? { kind: "group", group: groups[current] } : { kind: "finish" });
      };
      signal?.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
      child.on("error", reject);
      child.on("exit", (code, by) => {
        reject(new InternalError(`a chain process ended early with ${by ?? `exit code ${code}`}`, {}));
      });
      child.on("message", (answer: ChainAnswer) => {
        if (answer.kind === "run") return onRun();
        if (answer.kind === "failed") return reject(failureOf(answer));
        if (answer.kind === "bundles") {
          bundles.push(...answer.bundles);
          return resolve();
        }
        if (answer.kind === "group") runs[current] = answer.runs;
        proceed();
      });
      order({ kind: "start", request: plain, project });
    });
  try {
    await Promise.all(children.map(work));
  } finally {
    for (const child of children) {
      child.removeAllListeners();
      child.kill();
    }
  }
  return { runs, bundles };
}

function failureOf({ message, stack, reproduction = {} }: Extract<ChainAnswer, { kind: "failed" }>): InternalError {
  const error = new InternalError("a chain process failed", reproduction);
  error.message = message;
  if (stack !== undefined) error.stack = stack;
  return error;
}

function startProcess(): ChildProcess {
  const isSource = import.meta.url.endsWith(".ts");
  const script = fileURLToPath(new URL(`./chain-process.${isSource ? "ts" : "js"}`, import.meta.url));
  // The project's configuration may be TypeScript; Node 22 strips types only when asked.
  const execArgv = ["--experimental-strip-types", "--disable-warning=ExperimentalWarning", "--max-semi-space-size=32"];
  return fork(script, [], { execArgv, serialization: "advanced" });
}
