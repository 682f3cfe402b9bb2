import type { FeedRound } from "../../src/protocol/actions.ts";
import type { Random } from "../../src/random/random.ts";
import type { FaultSpec } from "../scenarios/scenario.ts";
import { clampedFeed } from "./clamp.ts";
import { delayedFeed } from "./delayed.ts";
import { frozenFreshFeed } from "./frozen-fresh.ts";
import type { FaultInput, OracleFault } from "./oracle-fault.ts";
import { spikingFeed } from "./spike.ts";
import { staleFeed } from "./stale.ts";

/** Seconds between the rounds that a spike makes itself. */
const SPIKE_STEP = 60;

/** The fault that a scenario describes; its times become Unix seconds. */
export function faultOf(spec: FaultSpec, start: number): OracleFault<unknown> {
  const from = start + spec.from;
  const spell = (length: number): readonly [number, number] => [from, from + length];
  switch (spec.kind) {
    case "stale":
      return staleFeed(spell(spec.for)) as OracleFault<unknown>;
    case "frozen-fresh":
      return frozenFreshFeed(spell(spec.for)) as OracleFault<unknown>;
    case "delayed":
      return delayedFeed(spell(spec.for), spec.delay) as OracleFault<unknown>;
    case "spike":
      return spikingFeed(from, spec.rounds, spec.factor, SPIKE_STEP) as OracleFault<unknown>;
    case "clamp":
      return clampedFeed(spell(spec.for), spec.min, spec.max) as OracleFault<unknown>;
  }
}

/** Faults one behind the other: what one lets through is due for the next. Holds their memories. */
export class FaultChain {
  readonly faults: readonly OracleFault<unknown>[];
  readonly #streams: readonly Random[];
  readonly #memories: unknown[];

  constructor(faults: readonly OracleFault<unknown>[], random: Random) {
    this.faults = faults;
    this.#streams = faults.map((fault, index) => random.fork("fault", index, fault.name));
    this.#memories = faults.map((fault) => fault.start);
  }

  /** The rounds that reach the chain. */
  apply(input: FaultInput): readonly FeedRound[] {
    let due = input.due;
    for (const [index, fault] of this.faults.entries()) {
      const result = fault.apply({ ...input, due }, this.#memories[index], this.#streams[index]);
      this.#memories[index] = result.memory;
      due = result.reports;
    }
    return due;
  }
}
