import type { Action } from "../../src/protocol/actions.ts";
import type { ExpiryView, MarketView } from "../../src/protocol/view.ts";
import { hedgeDecision } from "../../src/protocol/twin/hedge-decision.ts";
import type { Observation } from "./agent.ts";

/** One transaction's worth of upkeep. */
export interface Chore {
  readonly steps: readonly Action[];
  readonly words: string;
}

const OBSERVE_EVERY = 1800;
/** USD: a smaller hedge is not worth its gas. */
const SMALLEST_HEDGE = 2500;
const SETTLEMENT_WINDOW = 1800;
const VAULT_TAKES_OVER_AFTER = { solvent: 7200, insolvent: 3600 };
/** Holders and accounts that one transaction pays out. */
const PAID_AT_ONCE = 4;
/** A book is marked when the price has moved by this share since, or after this many seconds; two in a block. */
const MARK_AFTER_MOVE = 0.015;
const MARK_AFTER = 10_800;
const MARKED_AT_ONCE = 2;

/** What the protocol needs done now, each by whoever calls first; the order is that in which it should happen. */
export function chores(seen: Observation): Chore[] {
  const { underlying } = seen.protocol;
  const market = seen.view.markets.find((candidate) => candidate.underlying === underlying)!;
  const found: Chore[] = [];
  for (const expiry of seen.view.expiries) {
    if (expiry.underlying !== underlying || expiry.expiry > seen.now) continue;
    found.push(...afterExpiry(seen, expiry));
  }
  const stale = booksToMark(seen, market);
  if (stale.length > 0) {
    found.push({ steps: [{ kind: "poke", underlying, expiries: stale }], words: `marks ${stale.length} books` });
  }
  if (seen.now >= seen.view.vault.epochEndsAt) {
    found.push({ steps: [freshMarks(seen), { kind: "close-epoch" }], words: "closes the epoch" });
  }
  if (wantsHedge(seen)) found.push({ steps: [{ kind: "hedge", underlying }], words: "asks the vault to hedge" });
  found.push(...takeOvers(seen));
  if (
    seen.now - seen.view.time >= OBSERVE_EVERY ||
    Math.floor(seen.now / OBSERVE_EVERY) > Math.floor(seen.view.time / OBSERVE_EVERY)
  ) {
    found.push({ steps: [{ kind: "observe-pool", underlying }], words: "observes the pool" });
  }
  return found;
}

/** Settles, then closes, then pays out, one after another in later blocks, as each needs the one before. */
function afterExpiry(seen: Observation, { underlying, expiry, settled, closed }: ExpiryView): Chore[] {
  if (!settled) {
    const roundIds = roundsOfWindow(seen, expiry);
    if (roundIds.length === 0) return [];
    const settle = { kind: "settle", underlying, expiry, roundIds } as const;
    return [{ steps: [settle, { kind: "close-expiry", underlying, expiry }], words: "settles an expiry" }];
  }
  if (!closed) return [{ steps: [{ kind: "close-expiry", underlying, expiry }], words: "closes an expiry" }];
  const due: Action[] = [];
  for (const [index, series] of seen.protocol.series.entries()) {
    if (series.expiry !== expiry || series.underlying !== underlying) continue;
    for (const account of seen.view.accounts.values()) {
      const isOwed = account.longs[index] > 0;
      if (isOwed) due.push({ kind: "redeem", series, holder: account.address });
      const owes = account.shorts[index] > 0;
      const isListed = due.some((action) => action.kind === "settle-account" && action.account === account.address);
      if (owes && !isListed) due.push({ kind: "settle-account", account: account.address, underlying, expiry });
    }
  }
  return due.length === 0 ? [] : [{ steps: due.slice(0, PAID_AT_ONCE), words: `pays out ${due.length} claims` }];
}

/** Ids of the round in force when the window opens, and of all later ones up to the expiry. */
function roundsOfWindow(seen: Observation, expiry: number): bigint[] {
  const from = expiry - SETTLEMENT_WINDOW;
  const first = seen.rounds.findLastIndex(({ updatedAt }) => updatedAt <= from);
  return seen.rounds.flatMap((round, index) =>
    index >= Math.max(0, first) && round.updatedAt <= expiry ? [round.roundId] : [],
  );
}

/** A poke of all books: deposits and withdrawals are refused while one was not marked lately. */
export function freshMarks({ view, protocol: { underlying } }: Observation): Action {
  const open = view.expiries.filter((book) => book.underlying === underlying && !book.closed);
  return { kind: "poke", underlying, expiries: open.map(({ expiry }) => expiry) };
}

/** Expiries of the live books from which the market has moved away most, or which were marked too long ago. */
function booksToMark(seen: Observation, { price }: MarketView): number[] {
  const away = ({ markedSpot }: ExpiryView): number => Math.abs(price / markedSpot - 1);
  return seen.view.expiries
    .filter((book) => book.underlying === seen.protocol.underlying && book.expiry > seen.now)
    .filter((book) => away(book) >= MARK_AFTER_MOVE || seen.now - book.markedAt >= MARK_AFTER)
    .sort((a, b) => away(b) - away(a) || a.markedAt - b.markedAt || a.expiry - b.expiry)
    .slice(0, MARKED_AT_ONCE)
    .map(({ expiry }) => expiry);
}

/** A slice that is worth its gas, as the hedger itself would decide. */
function wantsHedge({ view, protocol, now }: Observation): boolean {
  const { trade } = hedgeDecision(view, protocol.terms, protocol.underlying, now);
  return Math.abs(trade) * view.markets[protocol.underlying].price >= SMALLEST_HEDGE;
}

/** Sales that have run out, for the vault as the last bidder. */
function takeOvers(seen: Observation): Chore[] {
  return [...seen.view.accounts.values()].flatMap((account) => {
    if (account.saleStartedAt === 0) return [];
    const lasts = account.saleInsolvent ? VAULT_TAKES_OVER_AFTER.insolvent : VAULT_TAKES_OVER_AFTER.solvent;
    if (seen.now < account.saleStartedAt + lasts) return [];
    return [{ steps: [{ kind: "take-over", account: account.address }] as const, words: "has the vault take over" }];
  });
}
