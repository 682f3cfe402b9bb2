import { createRandom } from "../../../src/random/random.ts";
import type { SignFlips } from "../../../src/statistics/paired-tests.ts";
import { signFlips } from "../../../src/statistics/paired-tests.ts";
import type { Resampling } from "../../../src/statistics/resampling.ts";
import { resampling } from "../../../src/statistics/resampling.ts";

/** The random numbers of bands and permutation tests, drawn once for each number of replicates. */
export class Chance {
  readonly #masterSeed: number;
  readonly #resamplings = new Map<number, Resampling>();
  readonly #flips = new Map<number, SignFlips>();

  constructor(masterSeed: number) {
    this.#masterSeed = masterSeed;
  }

  resampling(n: number): Resampling {
    let found = this.#resamplings.get(n);
    if (found === undefined) {
      found = resampling(n, createRandom(this.#masterSeed, "generalisation", "bands", n));
      this.#resamplings.set(n, found);
    }
    return found;
  }

  signFlips(n: number): SignFlips {
    let found = this.#flips.get(n);
    if (found === undefined) {
      found = signFlips(n, createRandom(this.#masterSeed, "generalisation", "sign-flips", n));
      this.#flips.set(n, found);
    }
    return found;
  }
}
