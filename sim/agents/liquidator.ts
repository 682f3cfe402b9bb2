import type { Action } from "../../src/protocol/actions.ts";
import { auctionTerms } from "../../src/protocol/twin/auction-terms.ts";
import { healthForStart, marginHealth, type MarginHealth } from "../../src/protocol/twin/margin-health.ts";
import type { AccountView } from "../../src/protocol/view.ts";
import { market, ownAccount } from "./account-state.ts";
import type { Agent, Observation, Submission } from "./agent.ts";
import { soleAccount, submission, type AgentSetting } from "./submitting.ts";
import { quoteTrade, roundToLot, smallestTrade, tradeAction, wholeUsd } from "./trading.ts";

export const liquidatorDefaults = {
  /** Share of its capital at the margin engine, ready for bids. */
  committed: 0.8,
  /** Gwei. */
  tip: 5,
};

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
      const leftover = closeLeftover(seen, own.view);
      if (leftover !== undefined) submit.push(submission(seen, id, 0, leftover, urgency, "closes what it took over"));
      for (const account of seen.view.accounts.values()) {
        if (account.address === own.view.address || !account.shorts.some((size) => size > 0)) continue;
        const healthOf = account.saleStartedAt === 0 ? healthForStart : marginHealth;
        const step = nextStep(seen, account, healthOf(seen.view, seen.protocol.terms, account), cash);
        if (step === undefined) continue;
        cash -= step.commits;
        submit.push(submission(seen, id, submit.length, step.steps, urgency, step.words));
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
function nextStep(seen: Observation, account: AccountView, health: MarginHealth, cash: number): Step | undefined {
  const isBroken = health.equity < health.maintenance;
  if (account.saleStartedAt === 0) {
    if (!isBroken) return undefined;
    const equity = wholeUsd(health.equity);
    const words = `starts the sale of an account with ${equity} USD of equity`;
    return { steps: [{ kind: "start-auction", account: account.address }], words, commits: 0 };
  }
  if (!isBroken) {
    return { steps: [{ kind: "end-auction", account: account.address }], words: "ends a sale", commits: 0 };
  }
  return bid(seen, account, health, cash);
}

/** Bids for as much as capital and the auction allow, closes the legs and sells the collateral that come with it. */
function bid(seen: Observation, account: AccountView, health: MarginHealth, cash: number): Step | undefined {
  const terms = auctionTerms(account, health, seen.protocol.terms, seen.now);
  if (terms === undefined) return undefined;
  // Right after the bid its own account must keep initial margin for what it took.
  const needed = health.initial - health.equity + terms.price;
  const affordable = needed > 0 ? (0.95 * cash) / needed : 1;
  const share = Math.min(terms.maxShare === 1 ? 1 : terms.maxShare * BELOW_CAP, affordable);
  if (share <= 0 || share < terms.minShare) return undefined;
  const closes = closings(seen, account, share);
  const { underlying } = seen.protocol;
  const amount = Math.floor((account.collateral[underlying] ?? 0) * share * 1e4) / 1e4;
  const minProceeds = amount * market(seen.view, underlying).price * (1 - SLIPPAGE);
  const sales: Action[] = amount > 0 ? [{ kind: "sell-collateral", underlying, amount, minProceeds }] : [];
  const maxPay = terms.price * share * (1 + SLIPPAGE) + 1;
  return {
    steps: [{ kind: "bid", account: account.address, share, maxPay }, ...closes, ...sales],
    words: `bids for ${Math.round(share * 100)} % of an account in liquidation`,
    commits: Math.max(0, needed * share),
  };
}

/** Purchases that close a share of an account's shorts, those that still trade. */
function closings(seen: Observation, account: AccountView, share: number): Action[] {
  return seen.protocol.series.flatMap((series, index) => {
    const size = roundToLot(account.shorts[index] * share);
    if (size < smallestTrade(seen) || series.expiry <= seen.now) return [];
    const trade = quoteTrade(seen, "close-short", index, size);
    return trade === undefined ? [] : [tradeAction(seen, trade, SLIPPAGE)];
  });
}

/** Closes shorts and sells collateral that an earlier bid left in the liquidator's own margin account. */
function closeLeftover(seen: Observation, own: AccountView): readonly [Action, ...Action[]] | undefined {
  const { underlying } = seen.protocol;
  const amount = Math.floor((own.collateral[underlying] ?? 0) * 1e3) / 1e3;
  const minProceeds = amount * market(seen.view, underlying).price * (1 - SLIPPAGE);
  const sales: Action[] = amount >= 0.01 ? [{ kind: "sell-collateral", underlying, amount, minProceeds }] : [];
  const [first, ...others] = [...closings(seen, own, 1), ...sales];
  return first === undefined ? undefined : [first, ...others];
}
