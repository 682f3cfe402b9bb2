import { createHash } from "node:crypto";

import { normalQuantile } from "./normal-quantile.ts";
import { philox4x32 } from "./philox.ts";

/**
 * A stream of random numbers addressed by (index, purpose).
 *
 * A draw is a pure function of (master seed, path of the stream, index, purpose): asking twice gives the same number,
 * and the order in which draws are asked for changes nothing. `index` is a whole number from 0 to 2^53 - 1 (a step or
 * a block), `purpose` a whole number from 0 to 2^32 - 1 (what the number is for).
 */
export interface Random {
  /** Uniform on the open interval (0, 1): an odd multiple of 2^-53, so that `1 - u` is a possible draw as well. */
  uniform(index: number, purpose: number): number;
  /** Standard normal by inverting the distribution function at `uniform(index, purpose)`. */
  normal(index: number, purpose: number): number;
  /** Poisson count by inversion of `uniform(index, purpose)`; non-decreasing in `mean`, which must lie in [0, 500]. */
  poissonCount(index: number, purpose: number, mean: number): number;
  /** The stream whose path is this stream's path followed by `names`. */
  fork(...names: StreamName[]): Random;
}

/** One step in the path of a stream. The number 1 and the text "1" are different names. */
export type StreamName = string | number;

/** An index, purpose, mean or seed outside its range: a mistake in the calling code. */
export class RandomAddressError extends Error {
  override readonly name = "RandomAddressError";
  readonly value: number | bigint;

  constructor(what: string, value: number | bigint) {
    super(`${what}, got ${value}`);
    this.value = value;
  }
}

/**
 * The stream at `path` under a master seed.
 * @param masterSeed - a whole number; as a `number` it must be a safe integer
 * @param path - names of the stream, whole numbers or texts
 * @throws {RandomAddressError} when the seed or a numeric name is not a safe integer
 * @see Salmon, Moraes, Dror & Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3"
 */
export function createRandom(masterSeed: number | bigint, ...path: StreamName[]): Random {
  if (typeof masterSeed === "number" && !Number.isSafeInteger(masterSeed)) {
    throw new RandomAddressError("a master seed is a whole number", masterSeed);
  }
  return new PhiloxRandom(BigInt(masterSeed), path);
}

const WORD = 2 ** 32;
const LARGEST_POISSON_MEAN = 500;

/** A block of Philox has four words and so two draws: purposes 2n and 2n + 1 share one, which the last-block memo uses. */
class PhiloxRandom implements Random {
  readonly #seed: bigint;
  readonly #path: readonly StreamName[];
  readonly #key0: number;
  readonly #key1: number;
  readonly #streamWord: number;
  readonly #block = new Uint32Array(4);
  #blockIndex = -1;
  #blockPair = -1;

  constructor(seed: bigint, path: readonly StreamName[]) {
    const identity = streamIdentity(seed, path);
    this.#seed = seed;
    this.#path = path;
    this.#key0 = identity.readInt32LE(0);
    this.#key1 = identity.readInt32LE(4);
    this.#streamWord = identity.readInt32LE(8);
  }

  uniform(index: number, purpose: number): number {
    const pair = purpose >>> 1;
    if (index !== this.#blockIndex || pair !== this.#blockPair || purpose >>> 0 !== purpose) {
      this.#fillBlock(index, purpose);
    }
    const block = this.#block;
    return (purpose & 1) === 0 ? toUniform(block[0], block[1]) : toUniform(block[2], block[3]);
  }

  normal(index: number, purpose: number): number {
    return normalQuantile(this.uniform(index, purpose));
  }

  poissonCount(index: number, purpose: number, mean: number): number {
    if (!(mean >= 0 && mean <= LARGEST_POISSON_MEAN)) {
      throw new RandomAddressError(`a Poisson mean lies in [0, ${LARGEST_POISSON_MEAN}]`, mean);
    }
    return poissonQuantile(this.uniform(index, purpose), mean);
  }

  fork(...names: StreamName[]): Random {
    return new PhiloxRandom(this.#seed, [...this.#path, ...names]);
  }

  #fillBlock(index: number, purpose: number): void {
    if (purpose >>> 0 !== purpose) throw new RandomAddressError("a purpose is a whole number below 2^32", purpose);
    if (!(index >= 0 && Number.isSafeInteger(index))) {
      throw new RandomAddressError("an index is a whole number from 0 to 2^53 - 1", index);
    }
    const pair = purpose >>> 1;
    const indexHigh = index < WORD ? 0 : Math.floor(index / WORD);
    philox4x32(index % WORD, indexHigh, pair, this.#streamWord, this.#key0, this.#key1, this.#block);
    this.#blockIndex = index;
    this.#blockPair = pair;
  }
}

/** 52 random bits and a half: never 0 or 1, symmetric about 1/2. */
function toUniform(high: number, low: number): number {
  return ((high >>> 6) * 67108864 + (low >>> 6) + 0.5) * 2 ** -52;
}

/** Smallest count whose distribution function reaches `u`. */
function poissonQuantile(u: number, mean: number): number {
  let probability = Math.exp(-mean);
  let cumulative = probability;
  let count = 0;
  // The increments vanish long before 2,000 for means up to 500; a `u` beyond the rounded sum ends there.
  while (u > cumulative && probability > 0) {
    count++;
    probability *= mean / count;
    cumulative += probability;
  }
  return count;
}

/** First 96 bits of SHA-256 over an encoding in which no two (seed, path) pairs look alike. */
function streamIdentity(seed: bigint, path: readonly StreamName[]): Buffer {
  for (const name of path) {
    if (typeof name === "number" && !Number.isSafeInteger(name)) {
      throw new RandomAddressError("a stream's numeric name is a whole number", name);
    }
  }
  return createHash("sha256")
    .update(JSON.stringify([seed.toString(), ...path]))
    .digest();
}
