import {
  featuresAfterBlocks,
  joiningShifts,
  quotesFromLogs,
  type LogQuotes,
} from "../../../../src/models/quotes-from-log.ts";
import { defaultLogQuoteSettings } from "../../../../src/models/quotes-from-log.ts";
import type { FittedModel, QuoteSet } from "../../../../src/models/pricing-model.ts";
import type { TradeLog } from "../../../../src/models/trade-log.ts";
import type { TradePrice } from "../../../../src/models/traded-vol.ts";
import type { Random } from "../../../../src/random/random.ts";
import type { RunSpec } from "../../../engine/run-record.ts";
import { syntheticWorlds, type RunWorld } from "../../../engine/run-world.ts";
import type { Moment } from "../../../experiment/generalisation/moments.ts";
import { quotesAt } from "../../../experiment/generalisation/quotes.ts";
import { pricersOf, replicateRandom, trainingQuotes } from "../../../experiment/generalisation/replicate.ts";
import { configOf } from "../../../experiment/generalisation/run-generalisation.ts";
import type { GeneralisationConfig } from "../../../experiment/generalisation/config.ts";
import type { Scenario } from "../../../scenarios/scenario.ts";
import { quotedVol } from "../../../world/market-quotes.ts";
import type { TruthPricers } from "../../../world/truth-pricers.ts";
import { fitOrNothing } from "../../shared/fitting.ts";

/** Calm runs that a protocol learns from, one after the other. */
export const RUNS = 6;
/** Seconds between the moments at which the market's quotes of the same days are taken. */
const BETWEEN_QUOTES = 21_600;

/** What the specs of all runs of the study share. */
export type SharedSpec = Pick<RunSpec, "scenario" | "masterSeed" | "preset">;

/**
 * The days that protocols learn from, a draw each: calm runs without feedback, so that every pricing meets the same
 * market, its feed and its traders' draws.
 */
export class LearningDays {
  readonly config: GeneralisationConfig;
  readonly pricers: TruthPricers;
  readonly #scenario: Scenario;
  readonly #worldOf: (spec: Pick<RunSpec, "severity" | "seed" | "masterSeed">) => RunWorld;

  constructor(scenario: Scenario, masterSeed: number) {
    this.config = configOf({ scenario, masterSeed });
    this.pricers = pricersOf(this.config);
    this.#scenario = scenario;
    this.#worldOf = syntheticWorlds(scenario, this.pricers);
  }

  random(draw: number): Random {
    return replicateRandom(this.config, draw).fork("own-logs");
  }

  /** The model as it is fitted on the market quotes of a draw's own calm, before the days. */
  posted(draw: number, model: string): FittedModel | undefined {
    const random = replicateRandom(this.config, draw);
    return fitOrNothing(model, trainingQuotes(this.config, this.pricers, random), this.random(draw));
  }

  /** The market's quotes on the days of the logs, four times a day, the options of training at each. */
  marketQuotes(draw: number, logs: readonly TradeLog[]): QuoteSet {
    const shifts = joiningShifts(logs);
    const moments = logs.flatMap((log, run) => {
      const { truth } = this.#world(draw, run);
      const features = featuresAfterBlocks(log);
      let next = log.start.time;
      return log.blocks.flatMap(({ time }, i): Moment[] => {
        if (time < next) return [];
        next = time + BETWEEN_QUOTES;
        const { spot, variance, severity } = truth.truthAt(time);
        return [{ time: time + shifts[run], spot, variance, severity, features: features[i] }];
      });
    });
    return quotesAt(this.#scenario, this.pricers, moments, ["standardised"], this.random(draw).fork("quotes"));
  }

  /** What the market quoted for the options that were traded, when they were. */
  marketQuotesOfTrades(draw: number, traded: LogQuotes): QuoteSet {
    const noise = this.random(draw).fork("traded");
    const target = this.truthOf(draw, traded).map((vol, row) => {
      return quotedVol(vol, this.#scenario.quoteNoise, noise, row, 0);
    });
    return { ...traded.quotes, target };
  }

  /** True vol of each traded option at its trade. */
  truthOf(draw: number, { trades }: LogQuotes): Float64Array {
    const worlds = new Map<number, RunWorld>();
    return Float64Array.from(trades, ({ run, time, trade: { expiry, strike, isCall } }) => {
      if (!worlds.has(run)) worlds.set(run, this.#world(draw, run));
      return worlds.get(run)!.truth.truthVol(expiry, strike, isCall, time);
    });
  }

  #world(draw: number, run: number): RunWorld {
    return this.#worldOf({ severity: 0, seed: seedOf(draw, run), masterSeed: this.config.masterSeed });
  }
}

/** Quotes of a protocol's own trades. */
export function ownTrades(logs: readonly TradeLog[], price: TradePrice): LogQuotes {
  return quotesFromLogs(logs, { ...defaultLogQuoteSettings, price });
}

/** Chain seed of a draw's run; that of place `RUNS` is the fresh one, which nothing was learned from. */
export function seedOf(draw: number, run: number): number {
  return draw * (RUNS + 1) + run;
}

/** The draw that a chain seed belongs to. */
export function drawOf(seed: number): number {
  return Math.floor(seed / (RUNS + 1));
}
