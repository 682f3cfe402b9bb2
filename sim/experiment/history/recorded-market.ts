import { createFeatureTable, setFeatures } from "../../../src/models/feature-pipeline.ts";
import { contractDomain } from "../../../src/models/frozen-model.ts";
import type { FittedModel, QuoteSet } from "../../../src/models/pricing-model.ts";
import type { PriceBars } from "../../../src/processes/history.ts";
import { MarketSurface } from "../../../src/processes/market-surface.ts";
import type { QuoteSnapshot } from "../../../src/processes/quotes.ts";
import { realisedVariance, shortestLife } from "../../../src/processes/realised-variance.ts";
import type { TimeWindow } from "../../../src/processes/windows.ts";
import { UserError } from "../../../src/errors/user-error.ts";
import type { Scenario } from "../../scenarios/scenario.ts";
import type { ScoredForecast } from "./forecast-scores.ts";
import { historyMoments, type HistoryMoment } from "./history-moments.ts";
import { LEVEL_YEARS, marketQuotes, realisedQuotes } from "./history-quotes.ts";

/** Recorded prices, and option quotes where there are any, as a scenario's feed would have shown them. */
export interface RecordedMarket {
  readonly scenario: Scenario;
  /** All bars of the file: features warm up before a window, and lives end after a moment. */
  readonly bars: PriceBars;
  readonly snapshots?: readonly QuoteSnapshot[];
}

/** A forecast and when it was made, Unix seconds. */
export interface DatedForecast extends ScoredForecast {
  readonly time: number;
}

const DAY = 86_400;

/** Seconds that forecasts look ahead; origins are as far apart, so that none overlap. */
export function forecastHorizon({ bars }: Pick<RecordedMarket, "bars">): number {
  return shortestLife(bars);
}

/** Vols that the scenario's vault lets a keeper post: from one and a half times its lowest to its highest. */
export function vaultDomain({ protocol: { terms } }: Scenario): readonly [number, number] {
  const [low, high] = contractDomain;
  return [terms.minVol === undefined ? low : 1.5 * terms.minVol, terms.maxVol ?? high];
}

/** Features at times, ascending Unix seconds; those before the file's second round are left out. */
export function momentsAt({ bars, scenario }: RecordedMarket, times: readonly number[]): HistoryMoment[] {
  return times.length === 0 ? [] : historyMoments(bars, scenario.oracle, scenario.market.baseFee, times);
}

/** Times a horizon apart from which a whole horizon lies within the window. */
export function originsWithin(market: RecordedMarket, { from, to }: TimeWindow): number[] {
  const horizon = forecastHorizon(market);
  return Array.from({ length: Math.max(0, Math.floor((to - from) / horizon)) }, (_, i) => from + i * horizon);
}

/** Snapshots of a window. */
export function snapshotsWithin(snapshots: readonly QuoteSnapshot[], { from, to }: TimeWindow): QuoteSnapshot[] {
  return snapshots.filter(({ time }) => time >= from && time < to);
}

/**
 * Quotes that a window trains on: the market's where there are any, otherwise realised vols of lives that end in it.
 * Empty where it holds none.
 */
export function quotesWithin(market: RecordedMarket, window: TimeWindow): QuoteSet {
  const { scenario, bars, snapshots } = market;
  if (snapshots !== undefined) {
    const times = snapshotsWithin(snapshots, window).map(({ time }) => time);
    return marketQuotes(momentsAt(market, times), snapshots);
  }
  const { moneyness, tenors } = scenario.training;
  const long = tenors.filter((days) => days * DAY >= forecastHorizon(market));
  return realisedQuotes(bars, momentsAt(market, originsWithin(market, window)), long, moneyness, window.to);
}

/**
 * Quotes that a window trains on.
 * @throws {UserError} when it holds none
 */
export function trainingSet(market: RecordedMarket, window: TimeWindow): QuoteSet {
  const quotes = quotesWithin(market, window);
  if (quotes.target.length > 0) return quotes;
  const priced = market.snapshots === undefined;
  throw new UserError({
    where: priced ? "--history" : "--quotes",
    what: `nothing to learn from between ${isoTime(window.from)} and ${isoTime(window.to)}`,
    expected: priced ? "a window of several days with prices before it" : "snapshots within it",
  });
}

/** Annualised variance realised over the horizon after each time. */
export function realisedAt(market: RecordedMarket, times: readonly number[]): number[] {
  return times.map((time) => realisedVariance(market.bars, time, time + forecastHorizon(market)));
}

/** Moments with the level of the last snapshot a keeper cycle or more before, which models of the lagged surface see. */
export function withLaggedLevel(market: RecordedMarket, moments: readonly HistoryMoment[]): HistoryMoment[] {
  const { snapshots, scenario } = market;
  if (snapshots === undefined) return [...moments];
  let next = 0;
  let level = Number.NaN;
  return moments.map((moment) => {
    let seen = -1;
    const known = moment.time - scenario.keeper.cycle;
    for (; next < snapshots.length && snapshots[next].time <= known; next++) seen = next;
    if (seen >= 0) level = new MarketSurface(snapshots[seen]).volAt(0, LEVEL_YEARS);
    return { ...moment, features: { ...moment.features, surfaceLevel: level } };
  });
}

/** At-the-money forecasts of a model at moments, ascending, beside the variance that was realised. */
export function forecastsAt(
  market: RecordedMarket,
  model: Pick<FittedModel, "predictMany">,
  moments: readonly HistoryMoment[],
): DatedForecast[] {
  if (moments.length === 0) return [];
  const table = createFeatureTable(moments.length);
  const years = forecastHorizon(market) / (365 * DAY);
  withLaggedLevel(market, moments).forEach(({ features }, row) => setFeatures(table, row, features, 0, years));
  const { vol } = model.predictMany(table);
  const realised = realisedAt(
    market,
    moments.map(({ time }) => time),
  );
  return moments.map(({ time }, row) => ({ time, forecast: vol[row] ** 2, realised: realised[row] }));
}

/** Forecasts of a model from the origins of a window. */
export function forecastsWithin(market: RecordedMarket, model: FittedModel, window: TimeWindow): DatedForecast[] {
  return forecastsAt(market, model, momentsAt(market, originsWithin(market, window)));
}

function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
