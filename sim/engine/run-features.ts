import type { MomentFeatures } from "../../src/models/feature-pipeline.ts";
import type { FeedRound } from "../../src/protocol/actions.ts";
import type { DeployedProtocol } from "../../src/protocol/adapter.ts";
import type { Action } from "../../src/protocol/actions.ts";
import type { ProtocolView } from "../../src/protocol/view.ts";
import type { Random } from "../../src/random/random.ts";
import type { Scenario } from "../scenarios/scenario.ts";
import { quotedVol } from "../world/market-quotes.ts";
import { FeatureFeed } from "./feature-feed.ts";
import { GWEI } from "./run-gas.ts";
import type { RunWorld } from "./run-world.ts";

const WEEK = 7 * 86_400;

/** Where a run's features come from. */
interface FeatureSources {
  readonly scenario: Scenario;
  readonly world: RunWorld;
  readonly protocol: DeployedProtocol<ProtocolView, Action>;
}

/** What the models see in a run: as of now, and as late as the keeper sees it. */
export class RunFeatures {
  readonly #sources: FeatureSources;
  readonly #start: number;
  /** Of the noise on the market's surface. */
  readonly #noise: Random;
  readonly #current: FeatureFeed;
  readonly #delayed: FeatureFeed;

  /** @param start - of the run, Unix seconds */
  constructor(sources: FeatureSources, start: number, noise: Random) {
    const { scenario, world } = sources;
    this.#sources = sources;
    this.#start = start;
    this.#noise = noise;
    this.#current = new FeatureFeed(world.before, scenario.oracle);
    this.#delayed = new FeatureFeed(world.before, scenario.oracle);
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
  }

  /**
   * Takes in the state after a block, and the market's surface of the last keeper cycle.
   * @param blocks - mined so far: addresses the noise
   * @param bought - vega bought from the vault in the block, USD per unit of vol
   * @param baseFee - wei per gas
   */
  block(blocks: number, bought: number, view: ProtocolView, time: number, baseFee: bigint): void {
    const { scenario, world, protocol } = this.#sources;
    // A vault without NAV has a limit of nothing: one dollar keeps the shares finite.
    const limit = Math.max(1, protocol.terms.vault.vegaLimit * view.vault.limitNav * 100);
    const state = {
      time,
      vegaBought: bought / limit,
      utilisation: -view.vault.totalVega / limit,
      rateDifferential: 0,
      baseFee: Number(baseFee) / GWEI,
    };
    const lagged = Math.max(this.#start, time - scenario.keeper.cycle);
    const level = world.truth.truthVol(lagged + WEEK, world.truth.spotAt(lagged), true, lagged);
    const quoted = quotedVol(level, scenario.quoteNoise, this.#noise, blocks, 0);
    for (const feed of [this.#current, this.#delayed]) {
      feed.chain(state);
      feed.surface(quoted);
    }
  }
}
