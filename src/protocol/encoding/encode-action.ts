import { maxUint256, type Address, type Hex } from "viem";

import type { Action, Call, FeedRound } from "../actions.ts";
import { ANSWER_CENT, QUOTE_CENT, quantise, SHARE_TICK, SIZE_LOT, tokenLot } from "../quantise.ts";
import { selectors } from "./selectors.ts";
import { packTruth, surfaceWords } from "./surface-words.ts";
import { addressWord, arrayCalldata, calldata, word } from "./words.ts";

/** Addresses that actions go to. */
export interface Targets {
  readonly vault: Address;
  readonly margin: Address;
  readonly auction: Address;
  readonly hedger: Address;
  readonly settlement: Address;
  readonly guard: Address;
  readonly router: Address;
  readonly grid: Address;
  readonly truth: Address;
  readonly trailing: Address;
  readonly quote: Address;
  /** By index of the underlying. */
  readonly tokens: readonly Address[];
  readonly decimals: readonly number[];
  readonly feeds: readonly Address[];
}

/** Requests that one call of `close-epoch` processes at most, and rounds that one `update-trailing` reads. */
const MAX_REQUESTS = 16;
const MAX_ROUNDS = 32;

/** A limit in USD as quote units; no limit where it is infinite. */
function quoteLimit(usd: number): bigint {
  if (usd === Infinity) return maxUint256;
  return quantise(Math.max(usd, 0), QUOTE_CENT);
}

function roundWords({ answer, observedAt, updatedAt }: FeedRound): string[] {
  return [word(quantise(answer, ANSWER_CENT)), word(observedAt), word(updatedAt)];
}

function truthCalldata({ underlying, expiry, vols }: Extract<Action, { kind: "post-truth" }>): Hex {
  const words = packTruth(vols);
  // One Smile in the array: offset of the array, length, offset of the struct, its head, then its array.
  const struct = [word(underlying), word(expiry), word(96), word(words.length), ...words.map(word)];
  return calldata(selectors.postTruth, word(32), word(1), word(32), ...struct);
}

function pokeCalldata({ underlying, expiries }: Extract<Action, { kind: "poke" }>): Hex {
  const head = [word(underlying), word(64), word(expiries.length)];
  return calldata(selectors.poke, ...head, ...expiries.map(word));
}

function settleCalldata({ underlying, expiry, roundIds }: Extract<Action, { kind: "settle" }>): Hex {
  const head = [word(underlying), word(expiry), word(96), word(roundIds.length)];
  return calldata(selectors.settle, ...head, ...roundIds.map(word));
}

function swapCalldata(action: Extract<Action, { kind: "swap" }>, targets: Targets, actor: Address): Hex {
  const token = targets.tokens[action.underlying];
  const lot = tokenLot(targets.decimals[action.underlying]);
  const buys = action.side === "buy";
  const amount = quantise(action.amount, buys ? QUOTE_CENT : lot);
  const minOut = quantise(Math.max(action.minOut, 0), buys ? lot : QUOTE_CENT);
  const path = buys ? [targets.quote, token] : [token, targets.quote];
  const head = [word(amount), word(minOut), word(160), addressWord(actor), word(maxUint256)];
  return calldata(selectors.swap, ...head, word(2), ...path.map(addressWord));
}

/**
 * The call that carries out an action of `actor`, with sizes, prices and vols quantised.
 * @throws {UnquantisableError} when an amount is not finite
 */
export function encodeAction(action: Action, targets: Targets, actor: Address): Call {
  const call = (to: Address, data: Hex): Call => ({ to, data, value: 0n });
  const { vault, margin, auction } = targets;
  switch (action.kind) {
    case "buy":
    case "sell":
    case "open-short":
    case "close-short": {
      const words = [word(action.series.id), word(quantise(action.size, SIZE_LOT)), word(quoteLimit(action.limit))];
      if (action.kind === "buy" || action.kind === "sell")
        return call(vault, calldata(selectors[action.kind], ...words));
      const selector = action.kind === "open-short" ? selectors.openShort : selectors.closeShort;
      return call(margin, calldata(selector, ...words));
    }
    case "deposit-margin":
      return call(margin, calldata(selectors.depositCash, word(quantise(action.amount, QUOTE_CENT))));
    case "withdraw-margin":
      return call(margin, calldata(selectors.withdrawCash, word(quantise(action.amount, QUOTE_CENT))));
    case "deposit-collateral":
    case "withdraw-collateral": {
      const selector = action.kind === "deposit-collateral" ? "depositCollateral" : "withdrawCollateral";
      const amount = quantise(action.amount, tokenLot(targets.decimals[action.underlying]));
      return call(margin, calldata(selectors[selector], word(action.underlying), word(amount)));
    }
    case "sell-collateral": {
      const amount = quantise(action.amount, tokenLot(targets.decimals[action.underlying]));
      const words = [word(action.underlying), word(amount), word(quoteLimit(action.minProceeds))];
      return call(margin, calldata(selectors.sellCollateral, ...words));
    }
    case "deposit-liquidity":
      return call(vault, calldata(selectors.deposit, word(quantise(action.amount, QUOTE_CENT)), addressWord(actor)));
    case "request-withdrawal":
      return call(vault, calldata(selectors.requestWithdrawal, word(action.shares)));
    case "close-epoch":
      return call(vault, calldata(selectors.closeEpoch, word(MAX_REQUESTS)));
    case "poke":
      return call(vault, pokeCalldata(action));
    case "observe-pool":
      return call(targets.guard, calldata(selectors.observePool, word(action.underlying)));
    case "post-smiles": {
      const words = action.smiles.flatMap((smile) => surfaceWords(smile).map(word));
      return call(targets.grid, arrayCalldata(selectors.postSurfaces, action.smiles.length, words));
    }
    case "post-truth":
      return call(targets.truth, truthCalldata(action));
    case "update-trailing":
      return call(targets.trailing, calldata(selectors.update, word(action.underlying), word(MAX_ROUNDS)));
    case "report": {
      const words = action.rounds.flatMap(roundWords);
      return call(targets.feeds[action.underlying], arrayCalldata(selectors.report, action.rounds.length, words));
    }
    case "swap":
      return call(targets.router, swapCalldata(action, targets, actor));
    case "hedge":
      return call(targets.hedger, calldata(selectors.rebalance, word(action.underlying)));
    case "start-auction":
      return call(auction, calldata(selectors.start, addressWord(action.account)));
    case "bid": {
      const words = [word(quantise(action.share, SHARE_TICK)), word(quoteLimit(action.maxPay))];
      return call(auction, calldata(selectors.bid, addressWord(action.account), ...words));
    }
    case "take-over":
      return call(auction, calldata(selectors.takeOverByVault, addressWord(action.account)));
    case "end-auction":
      return call(auction, calldata(selectors.end, addressWord(action.account)));
    case "settle":
      return call(targets.settlement, settleCalldata(action));
    case "close-expiry":
      return call(vault, calldata(selectors.closeExpiry, word(action.underlying), word(action.expiry)));
    case "settle-account": {
      const words = [addressWord(action.account), word(action.underlying), word(action.expiry)];
      return call(margin, calldata(selectors.settleAccount, ...words));
    }
    case "redeem":
      return call(vault, calldata(selectors.redeem, word(action.series.id), addressWord(action.holder)));
  }
}

/** `Actor.execute` of the calls, all or none. */
export function encodeExecute(tag: Hex, calls: readonly Call[]): Hex {
  const bodies = calls.map(({ to, value, data }) => {
    const digits = data.slice(2);
    const tail = word(digits.length / 2) + digits.padEnd(Math.ceil(digits.length / 64) * 64, "0");
    return addressWord(to) + word(value) + word(96) + tail;
  });
  const offsets: string[] = [];
  let offset = 32 * calls.length;
  for (const body of bodies) {
    offsets.push(word(offset));
    offset += body.length / 2;
  }
  return calldata(selectors.execute, tag.slice(2), word(64), word(calls.length), ...offsets, ...bodies);
}
