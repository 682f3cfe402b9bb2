import type { LogQuotes } from "../../../../src/models/quotes-from-log.ts";
import { TradeLogError } from "../../../../src/models/quotes-from-log.ts";
import type { QuoteSet } from "../../../../src/models/pricing-model.ts";
import type { TradeLog } from "../../../../src/models/trade-log.ts";
import type { TradePrice } from "../../../../src/models/traded-vol.ts";
import { type LearningDays, ownTrades } from "./learning-days.ts";

/** Logs of a draw's days under each pricing. */
export interface DrawLogs {
  /** Under perfect pricing. */
  readonly perfect: readonly TradeLog[];
  /** Under the model that the keeper posts. */
  readonly posted: readonly TradeLog[];
  /** Under the model fitted on the trades of `posted`; undefined where they did not determine it. */
  readonly learned: readonly TradeLog[] | undefined;
}

/** What a model is trained on, all of the same days; each differs from one before it in one thing. */
export const trainingSources = [
  "market quotes",
  "market quotes of what was traded",
  "own trades under perfect pricing",
  "own trades under perfect pricing, as paid",
  "own trades",
  "own trades, as paid",
  "own trades, second round",
] as const;
export type TrainingSource = (typeof trainingSources)[number];

/** Quotes of each source in a draw; one without quotes is missing. */
export function sourceQuotes(
  days: LearningDays,
  draw: number,
  { perfect, posted, learned }: DrawLogs,
): ReadonlyMap<TrainingSource, QuoteSet> {
  const own = tradesOrNothing(posted, "mid");
  const all: Readonly<Record<TrainingSource, QuoteSet | undefined>> = {
    "market quotes": days.marketQuotes(draw, posted),
    "market quotes of what was traded": own && days.marketQuotesOfTrades(draw, own),
    "own trades under perfect pricing": tradesOrNothing(perfect, "mid")?.quotes,
    "own trades under perfect pricing, as paid": tradesOrNothing(perfect, "paid")?.quotes,
    "own trades": own?.quotes,
    "own trades, as paid": tradesOrNothing(posted, "paid")?.quotes,
    "own trades, second round": learned && tradesOrNothing(learned, "mid")?.quotes,
  };
  return new Map(trainingSources.flatMap((source) => (all[source] === undefined ? [] : [[source, all[source]]])));
}

/** Quotes of trades; undefined where there were none that say a vol. */
export function tradesOrNothing(logs: readonly TradeLog[], price: TradePrice): LogQuotes | undefined {
  try {
    return ownTrades(logs, price);
  } catch (error) {
    if (error instanceof TradeLogError) return undefined;
    throw error;
  }
}
