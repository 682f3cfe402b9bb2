import type { BatesParameters } from "../pricing/bates.ts";
import type { Random } from "../random/random.ts";
import { purposes } from "./purposes.ts";

/** What jumped within one step. */
export interface JumpDraw {
  /** Sum of the log jumps; 0 without one. */
  sum: number;
  count: number;
  /** Place of the last jump within the step, in (0, 1); 1 without one. */
  fraction: number;
}

/**
 * Jumps of one step, thinned from a process at the highest intensity: exact in law. Unchecked, for inner loops.
 *
 * A candidate arrival and its size are drawn whatever the intensity, and kept with probability
 * intensity / highestIntensity: a higher severity keeps all the jumps of a lower one and adds to them.
 * @param highestIntensity - a year, at least the intensity in force on any path that shares these numbers
 * @see Lewis & Shedler (1979), "Simulation of nonhomogeneous Poisson processes by thinning"
 */
export function drawJumps(
  parameters: BatesParameters,
  highestIntensity: number,
  years: number,
  random: Random,
  index: number,
  out: JumpDraw,
): void {
  out.sum = 0;
  out.count = 0;
  out.fraction = 1;
  if (highestIntensity <= 0) return;
  const candidates = random.poissonCount(index, purposes.jumpCount, highestIntensity * years);
  for (let candidate = 0; candidate < candidates; candidate++) {
    const purpose = purposes.firstJump + purposes.perJump * candidate;
    if (random.uniform(index, purpose) * highestIntensity >= parameters.jumpIntensity) continue;
    out.sum += parameters.jumpMean + parameters.jumpSd * random.normal(index, purpose + 1);
    out.count++;
    out.fraction = random.uniform(index, purpose + 2);
  }
}
