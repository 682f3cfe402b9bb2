import type { Action } from "../../src/protocol/actions.ts";
import type { AccountView } from "../../src/protocol/view.ts";
import { market, ownAccount, type AccountState } from "./account-state.ts";
import type { Agent, Observation, Submission } from "./agent.ts";
import { estimateMargin, liveLegs, type MarginEstimate } from "./margin-estimate.ts";
import { soleAccount, submission, type AgentSetting } from "./submitting.ts";
import { quoteTrade, roundToLot, smallestTrade, tradeAction } from "./trading.ts";

export const liquidatorDefaults = {
  /** Share of its capital at the margin engine, ready for bids. */
  committed: 0.8,
  /** Share of maintenance margin under which it tries: its estimate may be a little off. */
  trigger: 1,
  /** Gwei. */
  tip: 5,
};

/** The auction's price over equity falls from 95 % to 70 % in 15 min and to nothing at two hours. */
const FAST = { from: 0.95, to: 0.7, seconds: 900 };
const SOLVENT_SECONDS = 7200;
const BUFFER = 1.15;
/** Bids stay this far under the share that the auction allows, so that the legs to be closed are known. */
const BELOW_CAP = 0.98;
const SLIPPAGE = 0.1;

/** Watches margin accounts, starts sales of broken ones, bids, and closes what it took over in the same transaction. */
export function liquidator(setting: AgentSetting<typeof liquidatorDefaults>): Agent<null> {
  const { id, capital, parameters } = setting;
  const urgency = { tip: parameters.tip, patience: 900 };
  const committed = capital * parameters.committed;
  return {
    id,
    role: "liquidator",
    accounts: soleAccount(capital - committed, 0, committed),
    truthLatency: undefined,
    start: () => null,
    decide(seen, memory) {
      const own = ownAccount(seen);
      if (own === undefined) return { submit: [], cancel: [], memory };
      const submit: Submission[] = [];
      let cash = own.view.marginCash;
      const leftover = closeLeftover(seen, own);
      if (leftover !== undefined) submit.push(submission(seen, id, 0, leftover, urgency, "closes what it took over"));
      for (const account of seen.view.accounts.values()) {
        if (account.address === own.view.address) continue;
        const legs = liveLegs(seen.protocol, account, seen.now);
        if (legs.length === 0) continue;
        const collateral = account.collateral[seen.protocol.underlying] ?? 0;
        const margin = estimateMargin(seen.protocol, seen.view, seen.now, legs, account.marginCash, collateral);
        const act = nextStep(seen, account, margin, parameters.trigger, cash);
        if (act === undefined) continue;
        cash -= act.commits;
        submit.push(submission(seen, id, submit.length, act.steps, urgency, act.words));
      }
      return { submit, cancel: [], memory };
    },
  };
}

interface Step {
  readonly steps: readonly [Action, ...Action[]];
  readonly words: string;
  /** USD of margin cash that it ties up. */
  readonly commits: number;
}

/** What to do about another's account: start its sale, end it, or bid; undefined for nothing. */
function nextStep(
  seen: Observation,
  account: AccountView,
  margin: MarginEstimate,
  trigger: number,
  cash: number,
): Step | undefined {
  const address = account.address;
  const broken = margin.equity < trigger * margin.maintenance;
  if (account.saleStartedAt === 0) {
    const words = `starts the sale of an account with ${Math.round(margin.equity).toLocaleString("en-US")} USD of equity`;
    return broken ? { steps: [{ kind: "start-auction", account: address }], words, commits: 0 } : undefined;
  }
  if (!broken) return { steps: [{ kind: "end-auction", account: address }], words: "ends a sale", commits: 0 };
  return bid(seen, account, margin, cash);
}

/** Bids for as much as capital and the auction's cap allow, closes the legs and sells the collateral that come with it. */
function bid(seen: Observation, account: AccountView, margin: MarginEstimate, cash: number): Step | undefined {
  const factor = account.saleInsolvent || margin.equity <= 0 ? 0 : priceFactor(seen.now - account.saleStartedAt);
  const needed = margin.initial - margin.equity * (1 - factor);
  const share = Math.min(0.999999, shareCap(margin, factor) * BELOW_CAP, needed > 0 ? (0.95 * cash) / needed : 1);
  if (share < 0.1 && share < BELOW_CAP * shareCap(margin, factor)) return undefined;
  const legs = liveLegs(seen.protocol, account, seen.now);
  const closes = legs.flatMap(({ index, size }) => {
    const closed = roundToLot(size * share);
    const trade = closed >= smallestTrade ? quoteTrade(seen, "close-short", index, closed) : undefined;
    return trade === undefined ? [] : [tradeAction(seen, trade, SLIPPAGE)];
  });
  const { underlying } = seen.protocol;
  const amount = Math.floor((account.collateral[underlying] ?? 0) * share * 1e4) / 1e4;
  const floor = amount * market(seen.view, underlying).price * (1 - SLIPPAGE);
  const sales: Action[] = amount > 0 ? [{ kind: "sell-collateral", underlying, amount, minProceeds: floor }] : [];
  const maxPay = Math.max(0, margin.equity) * factor * share * (1 + SLIPPAGE) + 1;
  const words = `bids for ${Math.round(share * 100)} % of an account in liquidation`;
  return {
    steps: [{ kind: "bid", account: account.address, share, maxPay }, ...closes, ...sales],
    words,
    commits: Math.max(0, needed * share),
  };
}

function priceFactor(elapsed: number): number {
  if (elapsed <= FAST.seconds) return FAST.from - ((FAST.from - FAST.to) * elapsed) / FAST.seconds;
  return elapsed >= SOLVENT_SECONDS ? 0 : (FAST.to * (SOLVENT_SECONDS - elapsed)) / (SOLVENT_SECONDS - FAST.seconds);
}

/** The share at which the account ends at the buffer above maintenance: (B·M − E)/(B·M − E(1 − f)). */
function shareCap(margin: MarginEstimate, factor: number): number {
  if (margin.equity <= 0) return 1;
  const target = BUFFER * margin.maintenance;
  return (target - margin.equity) / (target - margin.equity * (1 - factor));
}

/** Closes shorts and sells collateral that an earlier bid left in the liquidator's own margin account. */
function closeLeftover(seen: Observation, own: AccountState): readonly [Action, ...Action[]] | undefined {
  const closes = liveLegs(seen.protocol, own.view, seen.now).flatMap(({ index, size }) => {
    const closed = roundToLot(size);
    const trade = closed >= smallestTrade ? quoteTrade(seen, "close-short", index, closed) : undefined;
    return trade === undefined || -trade.cash > own.view.marginCash ? [] : [tradeAction(seen, trade, SLIPPAGE)];
  });
  const { underlying } = seen.protocol;
  const amount = Math.floor((own.view.collateral[underlying] ?? 0) * 1e3) / 1e3;
  const minProceeds = amount * market(seen.view, underlying).price * (1 - SLIPPAGE);
  const sales: Action[] = amount >= 0.01 ? [{ kind: "sell-collateral", underlying, amount, minProceeds }] : [];
  const [first, ...others] = [...closes, ...sales];
  return first === undefined ? undefined : [first, ...others];
}
