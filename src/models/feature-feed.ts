import { FeaturePipeline, type ChainState, type MomentFeatures, type PriceRound } from "./feature-pipeline.ts";

/** A round as it reached the chain: transmitted at `updatedAt`, Unix seconds. */
export interface TransmittedRound extends PriceRound {
  readonly updatedAt: number;
}

/**
 * Features of the rounds on a chain, as somebody sees them who looks at the feed at a certain time. A run and the logs
 * that it leaves are read by this same code.
 */
export class FeatureFeed {
  readonly #pipeline = new FeaturePipeline();
  #waiting: TransmittedRound[] = [];

  /** Starts from the rounds of the feed's past, oldest first. */
  constructor(past: Iterable<PriceRound>) {
    for (const round of past) this.#pipeline.round(round);
  }

  /** Rounds that were posted, oldest first; they count from their transmission on. */
  posted(rounds: readonly TransmittedRound[]): void {
    this.#waiting.push(...rounds);
  }

  chain(state: ChainState): void {
    this.#pipeline.chain(state);
  }

  surface(level: number): void {
    this.#pipeline.surface(level);
  }

  /** Two rounds at different times have been seen, so that a volatility exists. */
  get isReady(): boolean {
    return this.#pipeline.isReady;
  }

  /** Features at `time` (Unix seconds), which does not fall from call to call. */
  at(time: number): MomentFeatures {
    while (this.#waiting.length > 0 && this.#waiting[0].updatedAt <= time) this.#pipeline.round(this.#waiting.shift()!);
    return this.#pipeline.now();
  }
}
