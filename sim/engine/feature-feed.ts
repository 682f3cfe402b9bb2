import { FeaturePipeline, type ChainState, type MomentFeatures } from "../../src/models/feature-pipeline.ts";
import type { FeedRound } from "../../src/protocol/actions.ts";
import { ReportingRule, type ReportingTerms } from "../oracle/reporting-rule.ts";
import type { RunWorld } from "./run-world.ts";

/** Features of the rounds on the chain, as somebody sees them who looks at the feed at a certain time. */
export class FeatureFeed {
  readonly #pipeline = new FeaturePipeline();
  #waiting: FeedRound[] = [];

  /** Starts from the rounds that an honest feed would have posted in the calm before the run. */
  constructor(before: RunWorld["before"], terms: ReportingTerms) {
    for (const round of new ReportingRule(terms).due(before.times, before.prices)) this.#pipeline.round(round);
  }

  /** Rounds that were posted, oldest first; they count from their transmission on. */
  posted(rounds: readonly FeedRound[]): void {
    this.#waiting.push(...rounds);
  }

  chain(state: ChainState): void {
    this.#pipeline.chain(state);
  }

  surface(level: number): void {
    this.#pipeline.surface(level);
  }

  /** Features at `time` (Unix seconds), which does not fall from call to call. */
  at(time: number): MomentFeatures {
    while (this.#waiting.length > 0 && this.#waiting[0].updatedAt <= time) this.#pipeline.round(this.#waiting.shift()!);
    return this.#pipeline.now();
  }
}
