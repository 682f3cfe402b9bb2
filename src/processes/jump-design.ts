import type { BatesParameters } from "../pricing/bates.ts";
import type { Random } from "../random/random.ts";
import type { JumpDraw } from "./jumps.ts";
import { purposes } from "./purposes.ts";

/** A stated share of paths jumps within a span, whatever the intensity says. */
export interface JumpDesign {
  /** Steps of the path, from the first to before the last. */
  readonly fromStep: number;
  readonly toStep: number;
  /** Share of paths with at least one jump in the span, strictly between 0 and 1. */
  readonly share: number;
}

/** What the design made of one path. */
export interface DesignedJump {
  readonly hasJump: boolean;
  /** Natural over designed probability of that: what the path counts for in an unconditional mean. */
  readonly weight: number;
}

/** A share or span that is none, or a span in which no jump can happen. */
export class JumpDesignError extends Error {
  override readonly name = "JumpDesignError";

  constructor(what: string, value: number) {
    super(`jumps by design: ${what}, got ${value}`);
  }
}

const MOST_STEPS = 1e8;

/**
 * Applies a {@link JumpDesign} to a path's jumps, exactly conditionally on the outcome that it draws.
 *
 * A path with a jump has its first one where the truncated exponential law of the first arrival puts it, no other
 * before, and the natural ones after; a path without has none in the span. One uniform decides, and one places the jump,
 * so that severities keep sharing their numbers.
 */
export class DesignedJumps {
  readonly result: DesignedJump;
  readonly #design: JumpDesign;
  readonly #random: Random;
  /** Step of the forced first jump and its place there; no step without one. */
  readonly #step: number = -1;
  readonly #fraction: number = 1;

  /**
   * @param intensityAt - jumps a year in force at a step
   * @param stepYears - years of 365 days
   * @throws {JumpDesignError} for a share outside (0, 1), an empty span, or one without any intensity
   */
  constructor(design: JumpDesign, intensityAt: (step: number) => number, stepYears: number, random: Random) {
    if (!(design.share > 0 && design.share < 1)) throw new JumpDesignError("the share lies in (0, 1)", design.share);
    const { fromStep, toStep } = design;
    if (!(Number.isInteger(fromStep) && fromStep >= 0))
      throw new JumpDesignError("the span starts at a step", fromStep);
    if (!(Number.isInteger(toStep) && toStep <= MOST_STEPS))
      throw new JumpDesignError("the span ends at a step", toStep);
    let expected = 0;
    for (let step = design.fromStep; step < design.toStep; step++) expected += intensityAt(step) * stepYears;
    if (!(expected > 0 && expected < Infinity))
      throw new JumpDesignError("the span expects a positive number of jumps", expected);
    const natural = -Math.expm1(-expected);
    const hasJump = random.uniform(0, purposes.designedJump) < design.share;
    this.result = { hasJump, weight: hasJump ? natural / design.share : (1 - natural) / (1 - design.share) };
    this.#design = design;
    this.#random = random;
    if (!hasJump) return;
    // Expected jumps before the first one, given that there is one: -ln(1 - u (1 - e^-Λ)).
    let left = -Math.log1p(-random.uniform(0, purposes.designedJumpTime) * natural);
    let step = design.fromStep;
    for (; step < design.toStep - 1; step++) {
      const here = intensityAt(step) * stepYears;
      if (left < here) break;
      left -= here;
    }
    this.#step = step;
    const here = intensityAt(step) * stepYears;
    this.#fraction = here > 0 ? Math.min(left / here, 1) : 1;
  }

  /** Changes the natural jumps of a step into the designed ones. */
  apply(step: number, parameters: BatesParameters, jump: JumpDraw): void {
    if (step < this.#design.fromStep || step >= this.#design.toStep) return;
    if (this.result.hasJump && step > this.#step) return;
    jump.sum = 0;
    jump.count = 0;
    jump.fraction = 1;
    if (step !== this.#step) return;
    jump.sum = parameters.jumpMean + parameters.jumpSd * this.#random.normal(0, purposes.designedJumpSize);
    jump.count = 1;
    jump.fraction = this.#fraction;
  }
}
