import { contractDomain } from "../../../../src/models/frozen-model.ts";
import type { FittedModel } from "../../../../src/models/pricing-model.ts";
import type { Random } from "../../../../src/random/random.ts";
import type { CensoredInterval } from "../../../../src/statistics/turnbull.ts";
import type { AttainableRules, FilterRule } from "../../../experiment/generalisation/attainable.ts";
import { attainableVols } from "../../../experiment/generalisation/attainable.ts";
import type { GeneralisationConfig } from "../../../experiment/generalisation/config.ts";
import { testMoments } from "../../../experiment/generalisation/moments.ts";
import { scoreQuotes } from "../../../experiment/generalisation/quote-errors.ts";
import type { MarketQuotes } from "../../../experiment/generalisation/quotes.ts";
import { quotesAt } from "../../../experiment/generalisation/quotes.ts";
import type { TruthPricers } from "../../../world/truth-pricers.ts";
import { errorOn } from "../../shared/fitted-draw.ts";

/** Severity to which a threshold is sought: a whole number of these in every cell of the usual grids. */
export const TOLERANCE = 1 / 64;

/** One seed's listed quotes at any severity, on the same random numbers, with what attainable makes of them. */
export class SeedWorld {
  readonly #config: GeneralisationConfig;
  readonly #pricers: TruthPricers;
  readonly #rules: AttainableRules;
  readonly #random: Random;
  readonly #seen = new Map<number, { readonly quotes: MarketQuotes; readonly attainable: number }>();

  /** @param random - of the replicate, so that paths are those of the grid */
  constructor(config: GeneralisationConfig, pricers: TruthPricers, rules: AttainableRules, random: Random) {
    this.#config = config;
    this.#pricers = pricers;
    this.#rules = rules;
    this.#random = random;
  }

  /** Severities that were looked at. */
  get evaluations(): number {
    return this.#seen.size;
  }

  /** Error of a model on fresh calm, and of the same model on another calm path less that, beyond attainable's. */
  calm(model: FittedModel): { readonly error: number; readonly placeboExcess: number } {
    const [a, b] = [this.#at(0), this.#look("placebo", 0)];
    const error = errorOn(this.#config, model, a.quotes);
    return { error, placeboExcess: errorOn(this.#config, model, b.quotes) - error - (b.attainable - a.attainable) };
  }

  /** Shift gap of a model beyond attainable's, vol points. */
  excess(model: FittedModel, severity: number): number {
    const [calm, stress] = [this.#at(0), this.#at(severity)];
    const gap = errorOn(this.#config, model, stress.quotes) - errorOn(this.#config, model, calm.quotes);
    return gap - (stress.attainable - calm.attainable);
  }

  #at(severity: number) {
    let seen = this.#seen.get(severity);
    if (seen === undefined) this.#seen.set(severity, (seen = this.#look("test", severity)));
    return seen;
  }

  #look(stream: string, severity: number) {
    const { scenario, trade } = this.#config;
    const moments = testMoments(scenario, this.#pricers, this.#random.fork(stream), severity);
    const quotes = quotesAt(scenario, this.#pricers, moments, ["listed"], this.#random.fork("test-noise"));
    const vols = new Float64Array(quotes.clean.length);
    const rule = ruleAt(this.#config, this.#rules, severity);
    attainableVols(rule, this.#pricers, severity, quotes.features, 0, vols.length, vols);
    const truth = { truth: quotes.clean, weight: quotes.weight, vega: quotes.vega };
    return { quotes, attainable: scoreQuotes(truth, vols, contractDomain, trade).rmse };
  }
}

/** The control's rule, linear between those of the configuration's severities. */
function ruleAt({ severities }: GeneralisationConfig, rules: AttainableRules, severity: number): FilterRule {
  if (severity === 0) return rules.calm[0];
  const above = Math.max(
    1,
    severities.findIndex((each) => each >= severity),
  );
  const [low, high] = [severities[above - 1], severities[above]];
  const share = (severity - low) / (high - low);
  const [from, to] = [rules.bySeverity[above - 1][0], rules.bySeverity[above][0]];
  return [0, 1, 2].map((term) => (1 - share) * from[term] + share * to[term]) as unknown as FilterRule;
}

/** Where one model breaks on one seed. */
export interface SeedThreshold {
  /** First severity at which the excess passes the threshold: up to 0, in (low, high], or beyond the dial. */
  readonly within: CensoredInterval;
  /** On the grid it fell back under the threshold after it had passed it. */
  readonly reenters: boolean;
}

/** The grid's view of one seed, from which bisection starts. */
export interface SeedEvidence {
  /** Excess at each severity of the grid. */
  readonly excess: readonly number[];
  readonly threshold: number;
  readonly placeboExcess: number;
}

/**
 * First passage of a seed: found on the grid, then bisected to {@link TOLERANCE} within its cell.
 * @param severities - ascending from 0
 */
export function bisect(
  severities: readonly number[],
  { excess, threshold, placeboExcess }: SeedEvidence,
  excessAt: (severity: number) => number,
): SeedThreshold {
  if (placeboExcess > threshold) return { within: { low: -Infinity, high: 0 }, reenters: false };
  const first = excess.findIndex((value, i) => severities[i] > 0 && value > threshold);
  if (first < 0) return { within: { low: severities[severities.length - 1], high: Infinity }, reenters: false };
  let [low, high] = [severities[first - 1], severities[first]];
  while (high - low > TOLERANCE) {
    const middle = (low + high) / 2;
    if (excessAt(middle) > threshold) high = middle;
    else low = middle;
  }
  return { within: { low, high }, reenters: excess.slice(first + 1).some((value) => value <= threshold) };
}
