import { mean } from "../../../../src/statistics/moments.ts";
import type { TradeLog } from "../../../../src/models/trade-log.ts";
import { tradePrices, type TradePrice } from "../../../../src/models/traded-vol.ts";
import type { LearningDays } from "./learning-days.ts";
import { tradesOrNothing } from "./training-sources.ts";

/** Mean of traded less true vol, vol points, by which side the vault took; NaN where there was no such trade. */
export interface TradeBias {
  readonly trades: number;
  readonly sold: Readonly<Record<TradePrice, number>>;
  readonly bought: Readonly<Record<TradePrice, number>>;
  /** Root mean square distance of all traded from true vols, vol points. */
  readonly distance: number;
}

/** How far the vols of a draw's trades lie from the truth of the traded options. */
export function tradeBias(days: LearningDays, draw: number, logs: readonly TradeLog[]): TradeBias {
  const errors = (price: TradePrice) => {
    const traded = tradesOrNothing(logs, price);
    if (traded === undefined) return [];
    const truth = days.truthOf(draw, traded);
    return traded.trades.map(({ trade: { size } }, row) => {
      return { isSale: size > 0, error: 100 * (traded.quotes.target[row] - truth[row]) };
    });
  };
  const [mid, paid] = tradePrices.map(errors);
  const side = (isSale: boolean) => {
    const of = (all: typeof mid) => meanOf(all.filter((one) => one.isSale === isSale).map(({ error }) => error));
    return { mid: of(mid), paid: of(paid) };
  };
  return {
    trades: mid.length,
    sold: side(true),
    bought: side(false),
    distance: Math.sqrt(meanOf(mid.map(({ error }) => error * error))),
  };
}

function meanOf(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : mean(values);
}
