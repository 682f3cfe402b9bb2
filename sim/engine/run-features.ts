import { FeatureFeed } from "../../src/models/feature-feed.ts";
import type { MomentFeatures, PriceRound } from "../../src/models/feature-pipeline.ts";
import { chainStateOf, type LoggedBlock } from "../../src/models/trade-log.ts";
import type { FeedRound } from "../../src/protocol/actions.ts";
import type { Random } from "../../src/random/random.ts";
import { ReportingRule } from "../oracle/reporting-rule.ts";
import type { Scenario } from "../scenarios/scenario.ts";
import { quotedVol } from "../world/market-quotes.ts";
import type { MarketTape } from "./market-tape.ts";
import type { RunWorld } from "./run-world.ts";

const WEEK = 7 * 86_400;

/** Where a run's features come from. */
interface FeatureSources {
  readonly scenario: Scenario;
  readonly world: RunWorld;
}

/** Rounds that an honest feed would have posted in the calm before the run. */
export function roundsBefore({ scenario, world: { before } }: FeatureSources): PriceRound[] {
  return new ReportingRule(scenario.oracle).due(before.times, before.prices);
}

/** What the models see in a run: as of now, and as late as the keeper sees it. */
export class RunFeatures {
  readonly #sources: FeatureSources;
  readonly #start: number;
  /** Of the noise on the market's surface. */
  readonly #noise: Random;
  readonly #current: FeatureFeed;
  readonly #delayed: FeatureFeed;
  readonly #tape: MarketTape | undefined;

  /**
   * @param start - of the run, Unix seconds
   * @param tape - hears of rounds and blocks too
   */
  constructor(sources: FeatureSources, start: number, noise: Random, tape?: MarketTape) {
    const past = roundsBefore(sources);
    this.#sources = sources;
    this.#start = start;
    this.#noise = noise;
    this.#tape = tape;
    this.#current = new FeatureFeed(past);
    this.#delayed = new FeatureFeed(past);
  }

  /** As of `time`, which does not fall from call to call. */
  at(time: number): MomentFeatures {
    return this.#current.at(time);
  }

  /** As the keeper sees them at `time`, which does not fall from call to call. */
  seenByKeeper(time: number): MomentFeatures {
    return this.#delayed.at(time - this.#sources.scenario.keeper.latency);
  }

  /** Rounds that are on the chain now, oldest first. */
  posted(rounds: readonly FeedRound[]): void {
    for (const feed of [this.#current, this.#delayed]) feed.posted(rounds);
    this.#tape?.posted(rounds);
  }

  /**
   * Takes in the state after a block, and the market's surface of the last keeper cycle.
   * @param blocks - mined so far: addresses the noise
   */
  block(blocks: number, block: Omit<LoggedBlock, "rounds" | "surfaces">): void {
    const { scenario, world } = this.#sources;
    const state = chainStateOf(block);
    const lagged = Math.max(this.#start, block.time - scenario.keeper.cycle);
    const level = world.truth.truthVol(lagged + WEEK, world.truth.spotAt(lagged), true, lagged);
    const quoted = quotedVol(level, scenario.quoteNoise, this.#noise, blocks, 0);
    for (const feed of [this.#current, this.#delayed]) {
      feed.chain(state);
      feed.surface(quoted);
    }
    this.#tape?.chain(state);
  }
}
