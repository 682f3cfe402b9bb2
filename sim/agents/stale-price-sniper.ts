import { blackPrice } from "../../src/pricing/black-scholes.ts";
import { YEAR_SECONDS } from "../../src/time/year.ts";
import { market, ownAccount } from "./account-state.ts";
import type { Agent, Observation } from "./agent.ts";
import { soleAccount, submission, type AgentSetting } from "./submitting.ts";
import {
  contractsOf,
  inWords,
  largestTrade,
  openSeries,
  perContract,
  probe,
  quoteTrade,
  roundToLot,
  smallestTrade,
  tradeAction,
  type Trade,
} from "./trading.ts";

export const stalePriceSniperDefaults = {
  /** USD of edge below which it does not shoot, and USD of the underlying a shot. */
  minEdge: 30,
  clip: 60_000,
  /** Gwei. */
  tip: 5,
};

/** Sees the market before the feed does: buys what the feed's move will lift, and sells it again once the feed has moved. */
export function stalePriceSniper(setting: AgentSetting<typeof stalePriceSniperDefaults>): Agent<null> {
  const { id, capital, latency, parameters } = setting;
  return {
    id,
    role: "stale-price-sniper",
    accounts: soleAccount(capital),
    truthLatency: latency,
    start: () => null,
    decide(seen, memory) {
      const own = ownAccount(seen);
      if (own === undefined || seen.truth === undefined) return { submit: [], cancel: [], memory };
      const lag = seen.truth.spot / market(seen.view, seen.protocol.underlying).price - 1;
      const shot = bestShot(seen, lag, contractsOf(seen, parameters.clip), own.quote * 0.98, parameters.minEdge);
      const trades = [...unwinds(seen, own.view.longs), ...(shot === undefined ? [] : [shot])];
      const submit = trades.slice(0, 2).map((trade, place) => {
        const verb = trade.kind === "buy" ? "buys" : "sells";
        const words = `${verb} ${inWords(seen, trade.index, trade.size)} while the feed is ${(100 * Math.abs(lag)).toFixed(2)} % too ${lag > 0 ? "low" : "high"}`;
        const urgency = { tip: parameters.tip, patience: 30 };
        return submission(seen, id, place, [tradeAction(seen, trade, 0.02)], urgency, words);
      });
      return { submit, cancel: [], memory };
    },
  };
}

/** Worth at the market's price and the protocol's own vol: the sniper takes no view on volatility. */
function worthOf(seen: Observation, trade: Trade): number {
  const { isCall, strike, expiry } = seen.protocol.series[trade.index];
  return blackPrice(
    isCall,
    seen.truth!.spot,
    strike,
    Math.max(0, expiry - seen.now) / YEAR_SECONDS,
    trade.quote.markVol,
  );
}

function bestShot(seen: Observation, lag: number, clip: number, budget: number, minEdge: number): Trade | undefined {
  const shots = openSeries(seen).flatMap((index) => {
    // A feed that is behind a rise makes calls cheap, behind a fall puts.
    if (seen.protocol.series[index].isCall !== lag > 0) return [];
    const unit = probe(seen, "buy", index);
    if (unit === undefined || worthOf(seen, unit) + perContract(unit) <= 0) return [];
    const size = roundToLot(Math.min(clip, largestTrade(seen, unit), budget / (-perContract(unit) * 1.1)));
    const trade = size >= smallestTrade(seen) ? quoteTrade(seen, "buy", index, size) : undefined;
    if (trade === undefined) return [];
    const edge = worthOf(seen, trade) * size + trade.cash;
    return edge >= minEdge ? [{ trade, edge }] : [];
  });
  return shots.sort((a, b) => b.edge - a.edge || a.trade.index - b.trade.index)[0]?.trade;
}

/** Positions that the protocol now pays as much for as they are worth, or nearly: at most one an expiry's turn. */
function unwinds(seen: Observation, longs: Float64Array): Trade[] {
  const held = [...longs.keys()].filter(
    (index) => longs[index] >= smallestTrade(seen) && seen.protocol.series[index].expiry > seen.now,
  );
  return held
    .flatMap((index) => {
      const trade = quoteTrade(seen, "sell", index, roundToLot(longs[index]));
      return trade !== undefined && trade.cash >= 0.985 * worthOf(seen, trade) * trade.size ? [trade] : [];
    })
    .slice(0, 1);
}
