import type { AccountView } from "../view.ts";
import type { MarginHealth } from "./margin-health.ts";
import { has, type ProtocolTerms } from "./terms.ts";

const FAST_START = 0.95;
const FAST_END = 0.7;
const FAST_SECONDS = 900;
const SOLVENT_SECONDS = 7200;
const INSOLVENT_SECONDS = 3600;
/** Of the penalty, by which the price is below the equity, the bidder pays this to insurance fund and vault. */
const PENALTY_SHARED = 0.6;
const BUFFER = 1.15;
const MIN_SLICE = 0.1;

/** What a bid on an account under sale comes to now; USD for the whole account, shares in [0, 1]. */
export interface AuctionTerms {
  /** The bidder pays this for all of it, its part of the penalty included; 0 in the insolvent phase. */
  readonly price: number;
  /** The fund pays the bidder this for all of it, as far as the fund goes; 0 in the solvent phase. */
  readonly fundPays: number;
  /** A bid must ask for at least this share, and gets at most that. */
  readonly minShare: number;
  readonly maxShare: number;
}

/** Share of equity that the account gets for the whole of it, `seconds` after the start of its sale. */
export function solventFactor(seconds: number): number {
  if (seconds <= FAST_SECONDS) return FAST_START - ((FAST_START - FAST_END) * seconds) / FAST_SECONDS;
  if (seconds >= SOLVENT_SECONDS) return 0;
  return (FAST_END * (SOLVENT_SECONDS - seconds)) / (SOLVENT_SECONDS - FAST_SECONDS);
}

/** Terms of a bid at `now`; undefined when the account is not under sale or is healthy. */
export function auctionTerms(
  account: AccountView,
  health: MarginHealth,
  { defences }: ProtocolTerms,
  now: number,
): AuctionTerms | undefined {
  const { equity, maintenance } = health;
  if (account.saleStartedAt === 0 || equity >= maintenance) return undefined;
  const partial = has(defences, "partialLiquidation");
  if (equity <= 0) {
    // Equity that turned negative in the solvent phase starts the insolvent clock with the bid.
    const elapsed = account.saleInsolvent ? now - account.saleStartedAt : 0;
    const fundPays = maintenance * Math.min(elapsed / INSOLVENT_SECONDS, 1);
    return { price: 0, fundPays, minShare: partial ? MIN_SLICE : 0, maxShare: 1 };
  }
  const factor = account.saleInsolvent ? 0 : solventFactor(now - account.saleStartedAt);
  const target = BUFFER * maintenance;
  const maxShare = partial ? (target - equity) / (target - equity * (1 - factor)) : 1;
  const price = equity * (factor + PENALTY_SHARED * (1 - factor));
  return { price, fundPays: 0, minShare: partial ? Math.min(MIN_SLICE, maxShare) : 0, maxShare };
}

/** Seconds after which the vault may take over the account. */
export function saleDuration({ saleInsolvent }: AccountView): number {
  return saleInsolvent ? INSOLVENT_SECONDS : SOLVENT_SECONDS;
}
