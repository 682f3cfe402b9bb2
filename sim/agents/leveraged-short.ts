import type { AccountView } from "../../src/protocol/view.ts";
import { marginHealth } from "../../src/protocol/twin/margin-health.ts";
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

export const leveragedShortDefaults = {
  /** Strike sold, as a share of the spot. */
  moneyness: 1,
  /** Equity that it wants over initial margin when it opens, as a share. */
  buffer: 0.02,
  /** USD of the underlying that one order may have at most. */
  clip: 120_000,
  /** Gwei. */
  tip: 2,
};

export interface LeveragedShortMemory {
  /** Share of the wanted size that the next try asks for; falls with every refusal. */
  readonly appetite: number;
  readonly pending: string | undefined;
  /** It has sold what its margin allows. */
  readonly isFull: boolean;
}

/** Holds its savings in the underlying and sells puts against them, as many as its initial margin allows. */
export function leveragedShort(setting: AgentSetting<typeof leveragedShortDefaults>): Agent<LeveragedShortMemory> {
  const { id, capital, spot, parameters } = setting;
  return {
    id,
    role: "leveraged-short",
    accounts: soleAccount(0, capital / spot),
    truthLatency: undefined,
    start: () => ({ appetite: 1, pending: undefined, isFull: false }),
    decide(seen, before) {
      const memory = afterOutcome(before, seen.outcomes);
      const idle = { submit: [], cancel: [], memory };
      const account = ownAccount(seen);
      if (memory.isFull || memory.pending !== undefined || memory.appetite < 0.2 || account === undefined) return idle;
      const { underlying } = seen.protocol;
      const amount = Math.floor(account.underlying * 1e4) / 1e4;
      const deposited = account.view.collateral[underlying] ?? 0;
      const index = putToSell(seen, parameters.moneyness);
      if (index === undefined) return idle;
      const unit = probe(seen, "open-short", index);
      if (unit === undefined) return idle;
      const affordable = affordableShort(seen, account.view, index, amount + deposited, parameters.buffer);
      const size = roundToLot(
        Math.min(contractsOf(seen, parameters.clip), affordable, largestTrade(seen, unit)) * memory.appetite,
      );
      if (size < smallestTrade(seen)) return { ...idle, memory: { ...memory, isFull: true } };
      const trade = quoteTrade(seen, "open-short", index, size);
      if (trade === undefined) return idle;
      const sale = tradeAction(seen, trade, 0.05);
      const urgency = { tip: parameters.tip, patience: 900 };
      const words = `sells ${inWords(seen, index, size)} short against ${(amount + deposited).toFixed(1)} of the underlying`;
      const deposit = { kind: "deposit-collateral", underlying, amount } as const;
      const opening = submission(seen, id, 0, amount > 0 ? [deposit, sale] : [sale], urgency, words);
      return { submit: [opening], cancel: [], memory: { ...memory, pending: opening.id } };
    },
  };
}

function afterOutcome(memory: LeveragedShortMemory, outcomes: Observation["outcomes"]): LeveragedShortMemory {
  const outcome = outcomes.find(({ id }) => id === memory.pending);
  if (outcome === undefined) return memory;
  if (outcome.kind === "done") return { ...memory, pending: undefined };
  const appetite = outcome.kind === "reverted" ? memory.appetite * 0.85 : memory.appetite;
  return { ...memory, pending: undefined, appetite };
}

/** The open put nearest to the wanted strike, of the last expiry. */
function putToSell(seen: Observation, moneyness: number): number | undefined {
  const wanted = moneyness * market(seen.view, seen.protocol.underlying).price;
  const distance = (index: number): number => Math.abs(seen.protocol.series[index].strike - wanted);
  const puts = openSeries(seen).filter((index) => !seen.protocol.series[index].isCall);
  return puts.sort(
    (a, b) => seen.protocol.series[b].expiry - seen.protocol.series[a].expiry || distance(a) - distance(b),
  )[0];
}

/** Contracts at which equity, proceeds included, is initial margin and the buffer: by bisection, for margin grows with size. */
function affordableShort(
  seen: Observation,
  account: AccountView,
  index: number,
  collateral: number,
  buffer: number,
): number {
  const { protocol, view } = seen;
  const unit = probe(seen, "open-short", index);
  const premium = unit === undefined ? 0 : perContract(unit);
  const fits = (size: number): boolean => {
    const shorts = account.shorts.map((short, each) => (each === index ? short + size : short));
    const held = account.collateral.map((units, each) => (each === protocol.underlying ? collateral : units));
    const after = { ...account, shorts, collateral: held, marginCash: account.marginCash + size * premium };
    const { equity, initial } = marginHealth(view, protocol.terms, after);
    return equity >= initial * (1 + buffer);
  };
  let [low, high] = [0, 4 * collateral];
  for (let step = 0; step < 16; step++) {
    const middle = (low + high) / 2;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}
