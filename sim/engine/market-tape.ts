import { createFeatureTable, FeaturePipeline, setFeatures } from "../../src/models/feature-pipeline.ts";
import type { ChainState } from "../../src/models/feature-pipeline.ts";
import { featureNames, type QuoteSet } from "../../src/models/pricing-model.ts";
import { selectQuotes } from "../../src/models/select-quotes.ts";
import type { FeedRound } from "../../src/protocol/actions.ts";
import type { Random } from "../../src/random/random.ts";
import { ReportingRule } from "../oracle/reporting-rule.ts";
import type { Scenario } from "../scenarios/scenario.ts";
import { manipulatedVol, quotedVol, type Manipulation } from "../world/market-quotes.ts";
import type { RunWorld } from "./run-world.ts";

const DAY = 86_400;
const WEEK = 7 * DAY;
const YEAR_DAYS = 365;
/** Purposes of a moment's draws: the level of the surface before it, then its quotes. */
const [LEVEL, FIRST_QUOTE] = [0, 1];

/** What a keeper gathers of the market. */
export interface TapeTerms {
  /** Seconds between two surfaces; they lie at whole multiples of it. */
  readonly step: number;
  readonly manipulation?: Manipulation;
}

/** The market's quotes as the keeper of a run may know them. */
export interface MarketQuoteTape {
  /** Of the run, Unix seconds. */
  readonly start: number;
  /**
   * Quotes of every surface in (from, to], oldest first, a day to each, so that what chooses and what is chosen on are
   * apart. `to` does not lie ahead of what the chain has shown, and is not before that of an earlier call.
   */
  quotes(from: number, to: number): QuoteSet;
}

/**
 * Records the market's surface in training's own design (same tenors, same x = k/(σ_atm √τ)) at a regular step, with
 * noise, from the calm before the run on. Features are those of the feed's rounds on the chain by then, through the
 * pipeline that training had. A surface does not depend on who asks for it, nor when.
 */
export class MarketTape implements MarketQuoteTape {
  readonly start: number;
  readonly #scenario: Scenario;
  readonly #world: RunWorld;
  readonly #terms: TapeTerms;
  readonly #noise: Random;
  readonly #adversary: Random;
  readonly #pipeline = new FeaturePipeline();
  #rounds: FeedRound[];
  #states: ChainState[] = [];
  /** By number of the step, a gap where the market or the features are not there. */
  readonly #surfaces = new Map<number, QuoteSet | undefined>();

  constructor(scenario: Scenario, world: RunWorld, start: number, terms: TapeTerms, random: Random) {
    this.start = start;
    this.#scenario = scenario;
    this.#world = world;
    this.#terms = terms;
    this.#noise = random.fork("quotes");
    this.#adversary = random.fork("manipulation");
    this.#rounds = new ReportingRule(scenario.oracle).due(world.before.times, world.before.prices);
    this.#pipeline.chain({
      time: world.before.times[0],
      vegaBought: 0,
      utilisation: 0,
      rateDifferential: 0,
      baseFee: scenario.market.baseFee,
    });
  }

  /** Rounds that are on the chain now, oldest first. */
  posted(rounds: readonly FeedRound[]): void {
    this.#rounds.push(...rounds);
  }

  /** The chain's public state after a block. */
  chain(state: ChainState): void {
    this.#states.push(state);
  }

  quotes(from: number, to: number): QuoteSet {
    const { step } = this.#terms;
    const found: QuoteSet[] = [];
    for (let number = Math.floor(from / step) + 1; number * step <= to; number++) {
      if (!this.#surfaces.has(number)) this.#surfaces.set(number, this.#surfaceAt(number));
      const surface = this.#surfaces.get(number);
      if (surface !== undefined) found.push(surface);
    }
    return joined(found);
  }

  #surfaceAt(number: number): QuoteSet | undefined {
    const time = number * this.#terms.step;
    const { world, scenario } = { world: this.#world, scenario: this.#scenario };
    if (time < world.before.times[0]) return undefined;
    while (this.#rounds.length > 0 && this.#rounds[0].updatedAt <= time) this.#pipeline.round(this.#rounds.shift()!);
    while (this.#states.length > 0 && this.#states[0].time <= time) this.#pipeline.chain(this.#states.shift()!);
    if (!this.#pipeline.isReady) return undefined;
    const lagged = Math.max(world.before.times[0], time - scenario.keeper.cycle);
    const level = world.truth.truthVol(lagged + WEEK, world.truth.spotAt(lagged), true, lagged);
    if (level > 0) this.#pipeline.surface(quotedVol(level, scenario.quoteNoise, this.#noise, number, LEVEL));
    return this.#quotesAt(number, time);
  }

  /** Quotes that the market does not have are left out. */
  #quotesAt(number: number, time: number): QuoteSet {
    const { truth } = this.#world;
    const { quoteNoise, training } = this.#scenario;
    const { manipulation } = this.#terms;
    const spot = truth.spotAt(time);
    const moment = this.#pipeline.now();
    const quotes = emptyQuotes(training.tenors.length * training.moneyness.length, time);
    let row = 0;
    for (const days of training.tenors) {
      const expiry = time + days * DAY;
      const deviation = truth.truthVol(expiry, spot, true, time) * Math.sqrt(days / YEAR_DAYS);
      for (const x of training.moneyness) {
        const strike = spot * Math.exp(x * deviation);
        const vol = truth.truthVol(expiry, strike, x >= 0, time);
        const honest = quotedVol(vol, quoteNoise, this.#noise, number, FIRST_QUOTE + row);
        setFeatures(quotes.features, row, moment, Math.log(strike / moment.spot), days / YEAR_DAYS);
        quotes.clean[row] = vol;
        quotes.target[row] =
          manipulation === undefined
            ? honest
            : manipulatedVol(honest, manipulation, this.#adversary, number, FIRST_QUOTE + row);
        row++;
      }
    }
    const present = Array.from(quotes.clean.keys()).filter((at) => quotes.clean[at] > 0);
    return present.length === row ? quotes : selectQuotes(quotes, present);
  }
}

function emptyQuotes(count: number, time: number): QuoteSet {
  return {
    features: createFeatureTable(count),
    target: new Float64Array(count),
    clean: new Float64Array(count),
    weight: new Float64Array(count).fill(1),
    time: new Float64Array(count).fill(time),
    day: new Int32Array(count),
  };
}

/** Surfaces one after the other, each as a day of its own. */
function joined(surfaces: readonly QuoteSet[]): QuoteSet {
  const whole = emptyQuotes(
    surfaces.reduce((sum, { target }) => sum + target.length, 0),
    Number.NaN,
  );
  let from = 0;
  for (const [day, { features, target, clean, time }] of surfaces.entries()) {
    for (const name of featureNames) whole.features[name].set(features[name], from);
    for (let row = 0; row < target.length; row++) whole.features.returns[from + row] = features.returns[row];
    whole.target.set(target, from);
    whole.clean.set(clean, from);
    whole.time.set(time, from);
    whole.day.fill(day, from, from + target.length);
    from += target.length;
  }
  return whole;
}
