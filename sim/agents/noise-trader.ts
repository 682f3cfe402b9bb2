import { blackPrice } from "../../src/pricing/black-scholes.ts";
import type { Random } from "../../src/random/random.ts";
import { YEAR_SECONDS } from "../../src/time/year.ts";
import { ownAccount } from "./account-state.ts";
import type { Agent, Observation, Submission } from "./agent.ts";
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

export const noiseTraderDefaults = {
  ordersPerDay: 30,
  /** Mean size in USD of the underlying; sizes are exponential. */
  meanSize: 24_000,
  /** Standard deviation of the private value, in vol. */
  privateVol: 0.12,
  /** Gwei. */
  tip: 2,
};

const MOST_ORDERS_IN_A_BLOCK = 2;
const urgencySeconds = 900;
/** Share by which a fill may be worse than the quote: others trade in the same block. */
const SLACK = 0.03;
/** Purposes of the draws of one order; orders of one block are `stride` apart. */
const draw = { count: 0, series: 1, side: 2, size: 3, value: 4, stride: 8 };

/** Buys and sells for reasons of its own: each order is worth truth plus a private value to it, and fills only inside that. */
export function noiseTrader(setting: AgentSetting<typeof noiseTraderDefaults>): Agent<null> {
  const { id, capital, latency, parameters } = setting;
  return {
    id,
    role: "noise-trader",
    accounts: soleAccount(capital),
    truthLatency: latency,
    start: () => null,
    decide(seen, memory, random) {
      const expected = (parameters.ordersPerDay * (seen.now - seen.since)) / 86400;
      const count = Math.min(MOST_ORDERS_IN_A_BLOCK, random.poissonCount(seen.block, draw.count, expected));
      const submit: Submission[] = [];
      const account = ownAccount(seen);
      const longs = Float64Array.from(account?.view.longs ?? []);
      let budget = account?.quote ?? 0;
      for (let place = 0; place < count; place++) {
        const trade = order(seen, parameters, random, (place + 1) * draw.stride, longs, budget);
        if (trade === undefined) continue;
        const action = tradeAction(seen, trade, SLACK);
        if (trade.kind === "buy") budget += trade.cash * (1 + SLACK);
        else longs[trade.index] -= trade.size;
        const words = `${trade.kind}s ${inWords(seen, trade.index, trade.size)}`;
        submit.push(submission(seen, id, place, [action], { tip: parameters.tip, patience: urgencySeconds }, words));
      }
      return { submit, cancel: [], memory };
    },
  };
}

/** The order that the draws at `at` stand for, out of what is left of longs and budget; undefined when its reservation price is not met. */
function order(
  seen: Observation,
  parameters: typeof noiseTraderDefaults,
  random: Random,
  at: number,
  longs: Float64Array,
  budget: number,
): Trade | undefined {
  const { truth, trueVols } = seen;
  if (truth === undefined || trueVols === undefined) return undefined;
  const held = [...longs.keys()].filter((index) => longs[index] >= smallestTrade(seen));
  const live = held.filter((index) => seen.protocol.series[index].expiry > seen.now);
  const sells = live.length > 0 && random.uniform(seen.block, at + draw.side) < 0.5;
  const candidates = sells ? live : openSeries(seen);
  if (candidates.length === 0) return undefined;
  const index = candidates[Math.floor(random.uniform(seen.block, at + draw.series) * candidates.length)];
  const wanted = -contractsOf(seen, parameters.meanSize) * Math.log(random.uniform(seen.block, at + draw.size));
  const unit = probe(seen, sells ? "sell" : "buy", index);
  if (unit === undefined) return undefined;
  const size = roundToLot(Math.min(wanted, sells ? longs[index] : largestTrade(seen, unit)));
  if (size < smallestTrade(seen)) return undefined;

  const series = seen.protocol.series[index];
  const privateVol = trueVols[index] + parameters.privateVol * random.normal(seen.block, at + draw.value);
  const years = (series.expiry - seen.now) / YEAR_SECONDS;
  const worth = blackPrice(series.isCall, truth.spot, series.strike, years, Math.max(0.01, privateVol));
  const trade = quoteTrade(seen, sells ? "sell" : "buy", index, size);
  if (trade === undefined || -trade.cash * (1 + SLACK) > budget) return undefined;
  return (sells ? perContract(trade) >= worth : -perContract(trade) <= worth) ? trade : undefined;
}
