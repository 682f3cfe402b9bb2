import { ModelFitError } from "../../../src/models/model-fit-error.ts";
import { inDomain } from "../../../src/models/in-domain.ts";
import { modelByName } from "../../../src/models/models.ts";
import type { FittedModel, QuoteSet } from "../../../src/models/pricing-model.ts";
import { qlike } from "../../../src/processes/har.ts";
import type { TimeWindow } from "../../../src/processes/windows.ts";
import type { Random } from "../../../src/random/random.ts";
import { mean } from "../../../src/statistics/moments.ts";
import { marketQuotes } from "../../experiment/history/history-quotes.ts";
import {
  forecastHorizon,
  forecastsAt,
  momentsAt,
  originsWithin,
  quotesWithin,
  snapshotsWithin,
  vaultDomain,
  type RecordedMarket,
} from "../../experiment/history/recorded-market.ts";

/** What errors on recorded prices are, in words. */
export function lossName({ snapshots }: RecordedMarket): string {
  return snapshots === undefined ? "mean QLIKE of realised variance" : "error on real quotes, vol points";
}

/** Seconds of one step of a study: a day, or the horizon of forecasts where that is longer. */
export function stepOf(market: Pick<RecordedMarket, "bars">): number {
  return forecastHorizon(market);
}

/** The model fitted on what a window recorded, within what the vault takes; undefined where that does not determine it. */
export function fitOn(market: RecordedMarket, name: string, quotes: QuoteSet, random: Random): FittedModel | undefined {
  if (quotes.target.length === 0) return undefined;
  try {
    return inDomain(modelByName(name).fit(quotes, random.fork("fit", name)), vaultDomain(market.scenario));
  } catch (error) {
    if (error instanceof ModelFitError) return undefined;
    throw error;
  }
}

/** All of a frozen model that a score needs. */
export type Predictor = Pick<FittedModel, "predictMany">;

/** What models are asked in a window: real quotes where there are any, else the variance of lives that lie in it. */
export interface Asked {
  /** Root mean square error in vol points, or mean QLIKE; NaN where nothing was asked. */
  lossOf(model: Predictor): number;
  readonly count: number;
}

/** What a window asks, read once for all models. */
export function askedIn(market: RecordedMarket, window: TimeWindow): Asked {
  const { snapshots } = market;
  if (snapshots === undefined) {
    const moments = momentsAt(market, originsWithin(market, window));
    return {
      count: moments.length,
      lossOf: (model) => {
        const moved = forecastsAt(market, model, moments).filter(({ realised }) => realised > 0);
        return moved.length === 0 ? Number.NaN : mean(moved.map(({ realised, forecast }) => qlike(realised, forecast)));
      },
    };
  }
  const times = snapshotsWithin(snapshots, window).map(({ time }) => time);
  const quotes = marketQuotes(momentsAt(market, times), snapshots);
  return { count: quotes.target.length, lossOf: (model) => quoteError(model, quotes) };
}

/** Root mean square error against quotes, vol points; NaN of none. */
export function quoteError(model: Predictor, quotes: QuoteSet): number {
  if (quotes.target.length === 0) return Number.NaN;
  const { vol } = model.predictMany(quotes.features);
  return Math.sqrt(mean(vol.map((value, row) => (100 * (value - quotes.target[row])) ** 2)));
}

/** Quotes that a span teaches, read once for all models; see {@link quotesWithin}. */
export function taughtIn(market: RecordedMarket, window: TimeWindow): QuoteSet {
  return quotesWithin(market, window);
}
