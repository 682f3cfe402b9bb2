import type { BatesParameters } from "../pricing/bates-parameters.ts";
import type { Random } from "../random/random.ts";
import type { HawkesParameters } from "./hawkes.ts";
import { assertHawkes, hawkesExpectedExcess } from "./hawkes.ts";
import type { JumpDraw } from "./jumps.ts";
import { ProcessParameterError } from "./process-parameter-error.ts";

/** How jumps cause jumps at full severity. */
export interface JumpClustering {
  /** Jumps that one causes on average, below 1. */
  readonly branching: number;
  /** Rate at which what a jump caused dies out, a year. */
  readonly decay: number;
}

/**
 * The Hawkes process of jumps at a severity whose jumps would come at `base` a year by themselves. Unchecked, for inner
 * loops.
 */
export function clusteredAt({ branching, decay }: JumpClustering, severity: number, base: number): HawkesParameters {
  return { base, excitation: severity * branching * decay, decay };
}

/** What each draw of an arrival's stream is for; at index 0, and of child i at i. */
const draws = { children: 0, size: 1, isKept: 2, gap: 3 } as const;

interface Arrival {
  /** Years since the path's start. */
  readonly time: number;
  readonly random: Random;
}

/**
 * Hawkes-clustered jumps of a path as clusters: each jump of the base process, and one that comes by design when severity
 * first rises, has Poisson many children at exponential delays, and these have theirs.
 *
 * Children are drawn at full severity and kept with the severity's share, so that a higher severity keeps all jumps of a
 * lower one and adds to them. Steps are unchecked, for inner loops; the constructor is not. The jump by design is an event that the path is conditioned on: no drift pays for it.
 * @see Hawkes & Oakes (1974), "A cluster process representation of a self-exciting process"
 */
export class JumpClusters {
  readonly #clustering: JumpClustering;
  readonly #stepYears: number;
  readonly #random: Random;
  #waiting: Arrival[] = [];
  #hasBegun = false;
  #excited = 0;

  /**
   * @param stepYears - of the path's grid
   * @throws {ProcessParameterError} of a branching ratio that is not in [0, 1), or no decay
   */
  constructor(clustering: JumpClustering, stepYears: number, random: Random) {
    assertHawkes(clusteredAt(clustering, 1, 0));
    if (!(stepYears > 0)) throw new ProcessParameterError("clustered jumps", `steps of ${stepYears} years`);
    this.#clustering = clustering;
    this.#stepYears = stepYears;
    this.#random = random;
  }

  /** Intensity above the base at the end of the last step, a year. */
  get excited(): number {
    return this.#excited;
  }

  /** The clusters as they stand, to go on from more than once. */
  copy(): JumpClusters {
    const copy = new JumpClusters(this.#clustering, this.#stepYears, this.#random);
    copy.#waiting = [...this.#waiting];
    copy.#hasBegun = this.#hasBegun;
    copy.#excited = this.#excited;
    return copy;
  }

  /**
   * Adds what the clusters bring in step `index` to the step's own jumps, which begin clusters too, all at the place of
   * the last of them.
   * @param severity - share of the children that are kept
   * @returns expected intensity above the base over the step, a year
   */
  step(index: number, severity: number, parameters: BatesParameters, jump: JumpDraw): number {
    const [start, end] = [index * this.#stepYears, (index + 1) * this.#stepYears];
    const law = clusteredAt(this.#clustering, severity, parameters.jumpIntensity);
    const own = jump.count;
    if (!this.#hasBegun && severity > 0) {
      this.#hasBegun = true;
      this.#waiting.push({ time: start, random: this.#random.fork("begun") });
      this.#landDue(start, start, law, severity, parameters, jump);
    }
    const expected = hawkesExpectedExcess(law, this.#excited, this.#stepYears);
    this.#excited *= Math.exp(-law.decay * this.#stepYears);
    for (let i = 0; i < own; i++) {
      const time = start + jump.fraction * this.#stepYears;
      this.#excite({ time, random: this.#random.fork(index, i) }, end, law, severity);
    }
    this.#landDue(start, end, law, severity, parameters, jump);
    return expected;
  }

  /** Lets all that is due up to `until` jump, with what it causes by then. */
  #landDue(
    start: number,
    until: number,
    law: HawkesParameters,
    severity: number,
    { jumpMean, jumpSd }: BatesParameters,
    jump: JumpDraw,
  ): void {
    for (;;) {
      const next = this.#waiting.findIndex(({ time }) => time <= until);
      if (next < 0) return;
      const [arrival] = this.#waiting.splice(next, 1);
      const place = Math.min(1, Math.max(0, (arrival.time - start) / this.#stepYears));
      jump.fraction = jump.count > 0 ? Math.max(jump.fraction, place) : place;
      jump.sum += jumpMean + jumpSd * arrival.random.normal(0, draws.size);
      jump.count++;
      this.#excite(arrival, until, law, severity);
    }
  }

  /** Draws the children of an arrival and raises the intensity by what is left of it at `until`. */
  #excite({ time, random }: Arrival, until: number, law: HawkesParameters, severity: number): void {
    this.#excited += law.excitation * Math.exp(-law.decay * Math.max(0, until - time));
    const children = random.poissonCount(0, draws.children, this.#clustering.branching);
    for (let i = 0; i < children; i++) {
      if (random.uniform(i, draws.isKept) >= severity) continue;
      const gap = -Math.log(random.uniform(i, draws.gap)) / law.decay;
      this.#waiting.push({ time: time + gap, random: random.fork(i) });
    }
  }
}
