import { encodeFunctionData, parseAbi, toFunctionSelector } from "viem";

import { calldata, word } from "../encoding/words.ts";
import { Questions, WALLETS } from "./questions.ts";
import { expiryKey, tokenHoldersOf, walletsOf, type Scope } from "./scope.ts";
import { elements, entry, LAYOUT, run, slot } from "./storage-slots.ts";

/** Words of a short leg, and of an account with its most legs, as in `MarginEngine`. */
export const LEG_WORDS = 2;
export const ACCOUNT_LEG_WORDS = 1 + 8 * LEG_WORDS;
/** Words of an expiry in the vault's books that are read. */
export const BOOK_WORDS = 2;
/** Words of a track of the trailing vol. */
const TRACK_WORDS = 2;
/** Vols in a word of the truth source. */
export const VOLS_PER_WORD = 8;

const holdingsOf = parseAbi(["function holdingsOf(bytes32 supplies, bytes32[] balances, uint256[] ids)"]);
const legWordsOf = parseAbi(["function legWordsOf(bytes32[] arrays)"]);

/**
 * Places of the words of a read. A list has the place of its first word; claims have the place of the first series for
 * each account, undefined for those that are no claimants.
 */
export type ReadMap = ReturnType<typeof mapRead>;

/** Decides what is asked, and so where the answers lie. */
export function mapRead(scope: Scope) {
  const questions = new Questions(walletsOf(scope));
  const reading = questions.count;
  const places = {
    wei: WALLETS,
    ...askCode(questions, scope),
    ...askBalances(questions, scope),
    ...askVault(questions, scope),
    ...askMargin(questions, scope),
    ...askParts(questions, scope),
    ...askVols(questions, scope),
  };
  /** Place of the guard's reading among the questions: it alone may revert. */
  const mayRevert = reading;
  return { ...places, mayRevert, calldata: questions.calldata(), words: questions.words };
}

/** What follows from code: the guard's reading comes first. */
function askCode(questions: Questions, { contracts, underlying }: Scope) {
  const { guard, feeds, pairs, defences } = contracts;
  const of = (signature: string) => calldata(toFunctionSelector(signature), word(underlying));
  const bare = (signature: string) => toFunctionSelector(signature);
  return {
    /** Price, confidence, state; zeros when the guard refuses. */
    reading: questions.ask(guard, of("read(uint16)"), 3),
    poolMean: questions.ask(guard, of("poolMean(uint16)"), 1),
    /** Round, answer, time of observation, time of the round. */
    round: questions.ask(feeds[underlying], bare("latestRoundData()"), 4),
    reserves: questions.ask(pairs[underlying], bare("getReserves()"), 2),
    defences: questions.ask(defences, bare("bits()"), 1),
  };
}

/** Tokens by holder, claims by series. */
function askBalances(questions: Questions, scope: Scope) {
  const { contracts, underlying, accounts, series, claimants } = scope;
  const holders = tokenHoldersOf(scope).map((holder) => entry(slot(LAYOUT.TestToken._balances), holder));
  const { quote } = questions.slots(contracts.quote, { quote: holders });
  const { tokens } = questions.slots(contracts.tokens[underlying], { tokens: holders });
  const { _totalSupplies, _balances } = LAYOUT.OptionToken;
  const data = encodeFunctionData({
    abi: holdingsOf,
    args: [
      slot(_totalSupplies),
      claimants.map((account) => entry(slot(_balances), account)),
      series.map(({ id }) => id),
    ],
  });
  const supplies = questions.array(contracts.token, data, series.length * (1 + claimants.length));
  const claims = accounts.map((account) => {
    const order = claimants.indexOf(account);
    return order < 0 ? undefined : supplies + series.length * (1 + order);
  });
  return { quote, tokens, supplies, claims };
}

function askVault(questions: Questions, scope: Scope) {
  const { contracts, underlying, accounts, strikes } = scope;
  const at = LAYOUT.OptionVault;
  const keys = keysOf(scope);
  return questions.slots(contracts.vault, {
    cash: [slot(at._cash)],
    /** Claims and receivable. */
    claimed: [slot(at._claims)],
    vaultShares: [slot(at._totalSupply)],
    /** Mark and vega; uncertainty and NAV for limits. */
    totals: run(slot(at["_book.totals"]), 2),
    volSource: [slot(at["_book.volSource"])],
    /** Open epoch and head of the queue; its tail. */
    epoch: [slot(at._openEpoch)],
    tail: [slot(at._tail)],
    /** Delta of the options. */
    exposure: [entry(slot(at["_book.exposures"]), BigInt(underlying))],
    shares: accounts.map((account) => entry(slot(at._balances), account)),
    /** By expiry and strike: strike, net of calls and of puts. */
    lines: keys.flatMap((key) => elements(entry(slot(at["_book.lines"]), key), strikes)),
    /** By expiry: mark and delta; vega, spot and time of the mark. */
    books: keys.flatMap((key) => run(entry(slot(at["_book.books"]), key), BOOK_WORDS)),
    payoutRatios: keys.map((key) => entry(slot(at._payoutRatio), key)),
  });
}

function askMargin(questions: Questions, { contracts, underlying, accounts }: Scope) {
  const at = LAYOUT.MarginEngine;
  const by = (mapping: bigint) => accounts.map((account) => entry(slot(mapping), account));
  const data = encodeFunctionData({ abi: legWordsOf, args: [by(at._legs)] });
  return {
    ...questions.slots(contracts.margin, {
      marginTotalCash: [slot(at.totalCash)],
      marginCash: by(at._cash),
      collateral: by(at._collateral).map((own) => entry(own, BigInt(underlying))),
    }),
    /** By account: number of legs, then the series and the size of each. */
    legs: questions.array(contracts.margin, data, accounts.length * ACCOUNT_LEG_WORDS),
  };
}

/** Auction, hedger and settlement. */
function askParts(questions: Questions, { contracts, underlying, accounts, expiries }: Scope) {
  const { Auction, Hedger, Settlement } = LAYOUT;
  const ofMarket = (mapping: bigint) => entry(slot(mapping), BigInt(underlying));
  return {
    ...questions.slots(contracts.auction, {
      fund: [slot(Auction.fund)],
      insolventMaintenance: [slot(Auction.insolventMaintenance)],
      sales: accounts.map((account) => entry(slot(Auction._sales), account)),
    }),
    ...questions.slots(contracts.hedger, {
      inventory: [ofMarket(Hedger.inventory)],
      neutralInventory: [ofMarket(Hedger.neutralInventory)],
      lastHedgeAt: [ofMarket(Hedger.lastHedgeAt)],
    }),
    ...questions.slots(contracts.settlement, {
      /** By expiry: price, and whether it is settled. */
      settlements: expiries.map((expiry) => entry(ofMarket(Settlement._prices), BigInt(expiry))),
    }),
  };
}

/** What each of the vol sources holds. */
function askVols(questions: Questions, scope: Scope) {
  const { contracts, underlying, strikes } = scope;
  const { PostedGrid, TruthVol, TrailingVol, ConstantVol } = LAYOUT;
  const keys = keysOf(scope);
  const truthWords = Math.ceil(strikes / VOLS_PER_WORD);
  return {
    ...questions.slots(contracts.grid, {
      gridNodes: keys.map((key) => entry(slot(PostedGrid._nodes), key)),
      gridHeaders: keys.map((key) => entry(slot(PostedGrid._headers), key)),
    }),
    ...questions.slots(contracts.truth, {
      truth: keys.flatMap((key) => elements(entry(slot(TruthVol._words), key), truthWords)),
    }),
    ...questions.slots(contracts.trailing, {
      track: run(entry(slot(TrailingVol.tracks), BigInt(underlying)), TRACK_WORDS),
    }),
    ...questions.slots(contracts.constant, { level: [entry(slot(ConstantVol.levels), BigInt(underlying))] }),
  };
}

function keysOf({ underlying, expiries }: Scope): bigint[] {
  return expiries.map((expiry) => expiryKey(underlying, expiry));
}
