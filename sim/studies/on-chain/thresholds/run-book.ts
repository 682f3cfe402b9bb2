import type { RunSpec } from "../../../engine/run-record.ts";
import type { JudgedRun } from "../../../experiment/finished-run.ts";
import { PERFECT } from "../../../experiment/plan.ts";
import type { VaultRun } from "./vault-run.ts";

/** A place at which runs of all severities share their random numbers. */
export interface RunPlace {
  readonly model: string;
  readonly preset: string;
  readonly seed: number;
}

/** A run that is wanted, or that was made. */
export type RunAt = RunPlace & Pick<RunSpec, "severity">;

/** Runs on chain by model, preset, seed and severity; each is made once, whoever wants it. */
export class RunBook {
  readonly #runs = new Map<string, VaultRun>();
  readonly #make: (specs: readonly RunSpec[]) => Promise<readonly JudgedRun[]>;
  readonly #shared: Pick<RunSpec, "scenario" | "masterSeed" | "feedback">;

  /** @param make - runs on chain; groups share preset, severity and seed */
  constructor(
    shared: Pick<RunSpec, "scenario" | "masterSeed" | "feedback">,
    make: (specs: readonly RunSpec[]) => Promise<readonly JudgedRun[]>,
  ) {
    this.#shared = shared;
    this.#make = make;
  }

  /** Runs made so far. */
  get size(): number {
    return this.#runs.size;
  }

  at(run: RunAt): VaultRun | undefined {
    return this.#runs.get(keyOf(run));
  }

  /** Perfect pricing on the same seed, under the same preset, at the same severity. */
  perfectAt(run: Omit<RunAt, "model">): VaultRun | undefined {
    return this.at({ ...run, model: PERFECT });
  }

  /** Makes what is wanted and not there yet, as one batch. */
  async make(wanted: readonly RunAt[]): Promise<void> {
    const missing = new Map<string, RunAt>();
    for (const run of wanted) if (!this.#runs.has(keyOf(run))) missing.set(keyOf(run), run);
    const specs = [...missing.values()].sort(byPlace).map(({ model, preset, seed, severity }): RunSpec => ({
      ...{ ...this.#shared, model, preset, seed, severity },
      ...(model === PERFECT ? { rung: "P0" } : {}),
    }));
    if (specs.length === 0) return;
    for (const { summary } of await this.#make(specs)) {
      const { spec, values, breaks, loss } = summary;
      this.#runs.set(keyOf(spec), { values, breaks, loss });
    }
  }
}

function keyOf({ model, preset, seed, severity }: RunAt): string {
  return `${model}|${preset}|${seed}|${severity}`;
}

/** Neighbours share a preset, then a world; the order of models within one is kept. */
function byPlace(one: RunAt, other: RunAt): number {
  if (one.preset !== other.preset) return one.preset < other.preset ? -1 : 1;
  return one.severity - other.severity || one.seed - other.seed;
}
