import type { Series } from "../../src/protocol/actions.ts";
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
} from "./trading.ts";

export const hedgerDefaults = {
  /** USD of the underlying whose downside is to be covered. */
  coverage: 240_000,
  /** Strike to be bought, as a share of the spot. */
  moneyness: 0.95,
  /** Hours between purchases, and USD of the underlying covered at once. */
  cycle: 6,
  clip: 80_000,
  /** Days that protection must last at least. */
  tenor: 4,
  /** Vol above the truth that protection is worth to it. */
  tolerance: 0.08,
  /** Gwei. */
  tip: 2,
};

export interface HedgerMemory {
  /** Unix seconds. */
  readonly lastBoughtAt: number;
}

/** Holds the underlying and covers its downside with puts, as long as they cost little more than they are worth. */
export function hedger(setting: AgentSetting<typeof hedgerDefaults>): Agent<HedgerMemory> {
  const { id, capital, latency, parameters } = setting;
  return {
    id,
    role: "hedger",
    accounts: soleAccount(capital),
    truthLatency: latency,
    start: () => ({ lastBoughtAt: Number.NEGATIVE_INFINITY }),
    decide(seen, memory) {
      const idle = { submit: [], cancel: [], memory };
      if (seen.now - memory.lastBoughtAt < parameters.cycle * 3600) return idle;
      const account = ownAccount(seen);
      const index = bestPut(seen, parameters);
      if (account === undefined || index === undefined) return idle;
      const held = account.view.longs.reduce((sum, size) => sum + size, 0);
      const unit = probe(seen, "buy", index);
      if (unit === undefined) return idle;
      const wanted = Math.min(contractsOf(seen, parameters.clip), contractsOf(seen, parameters.coverage) - held);
      const size = roundToLot(Math.min(wanted, largestTrade(seen, unit)));
      if (size < smallestTrade(seen)) return idle;
      const trade = quoteTrade(seen, "buy", index, size);
      if (trade === undefined || -trade.cash * 1.01 > account.quote) return idle;
      if (-perContract(trade) > reservation(seen, index, parameters.tolerance)) return idle;
      const words = `covers itself with ${inWords(seen, index, size)}`;
      const urgency = { tip: parameters.tip, patience: 900 };
      return {
        submit: [submission(seen, id, 0, [tradeAction(seen, trade, 0.01)], urgency, words)],
        cancel: [],
        memory: { lastBoughtAt: seen.now },
      };
    },
  };
}

/** The open put nearest to the wanted strike, of the first expiry that lasts long enough and has one. */
function bestPut(seen: Observation, { moneyness, tenor }: typeof hedgerDefaults): number | undefined {
  const wanted = moneyness * market(seen.view, seen.protocol.underlying).price;
  const distance = (index: number): number => Math.abs(seen.protocol.series[index].strike - wanted);
  const lasts = ({ isCall, expiry }: Series): boolean => !isCall && expiry - seen.now >= tenor * 86_400;
  const puts = openSeries(seen).filter((index) => lasts(seen.protocol.series[index]));
  return puts.sort(
    (a, b) => seen.protocol.series[a].expiry - seen.protocol.series[b].expiry || distance(a) - distance(b),
  )[0];
}

function reservation(seen: Observation, index: number, tolerance: number): number {
  if (seen.truth === undefined || seen.trueVols === undefined) return 0;
  const { isCall, strike, expiry } = seen.protocol.series[index];
  return blackPrice(
    isCall,
    seen.truth.spot,
    strike,
    (expiry - seen.now) / YEAR_SECONDS,
    seen.trueVols[index] + tolerance,
  );
}
