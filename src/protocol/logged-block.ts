import type { TransmittedRound } from "../models/feature-feed.ts";
import type { LoggedBlock, LoggedTrade, TradeTermsInForce } from "../models/trade-log.ts";
import { decodeSeriesId } from "./decoding/series-id.ts";
import type { ProtocolEvent } from "./events.ts";
import { ASK_FLOOR } from "./twin/quote-trade.ts";

const GWEI = 1e9;
/** The limit on vega is a share of NAV per vol point. */
const POINTS = 100;

/** The vault at the end of a block, as its getters say it. */
export interface VaultState {
  /** Unix seconds. */
  readonly time: number;
  /** USD per 1.00 of vol, long > 0. */
  readonly totalVega: number;
  /** NAV that the limits of trades refer to, USD. */
  readonly limitNav: number;
}

/** What of a block the features and the quotes of a log are made from. */
export interface BlockSources {
  readonly events: readonly ProtocolEvent[];
  /** Rounds that the block brought, with what the event does not say: when they were observed. */
  readonly rounds: readonly TransmittedRound[];
  readonly state: VaultState;
  /** Term of the vault: share of NAV per vol point. */
  readonly vegaLimit: number;
  /** Wei per gas. */
  readonly baseFee: bigint;
}

/** One block of a vault's log on one underlying. */
export function loggedBlock({ events, rounds, ...block }: BlockSources, underlying: number): LoggedBlock {
  const trades: LoggedTrade[] = [];
  const surfaces: LoggedBlock["surfaces"][number][] = [];
  for (const event of events) {
    if (event.kind === "smile-posted" && event.underlying === underlying) {
      surfaces.push({ expiry: event.expiry, referenceVol: event.referenceVol });
    }
    if (event.kind !== "traded") continue;
    const series = decodeSeriesId(event.id);
    if (series.underlying !== underlying) continue;
    const { strike, expiry, isCall } = series;
    const { size, premium, fee, tradeVol, markVol, spot } = event;
    trades.push({ isCall, strike, expiry, size, premium, fee, tradeVol, markVol, spot });
  }
  return {
    ...loggedState(block),
    rounds: rounds.map(({ answer, observedAt, updatedAt }) => ({ answer, observedAt, updatedAt })),
    surfaces,
    trades,
  };
}

/** The state that stands between two blocks. */
export function loggedState({
  state: { time, totalVega, limitNav },
  vegaLimit,
  baseFee,
}: Omit<BlockSources, "events" | "rounds">): Omit<LoggedBlock, "rounds" | "surfaces" | "trades"> {
  return { time, baseFee: Number(baseFee) / GWEI, totalVega, vegaLimit: vegaLimit * limitNav * POINTS };
}

/** The terms of the vault that a premium is read with. */
export function loggedTerms({ lagSpread }: { readonly lagSpread: number }): TradeTermsInForce {
  return { lagSpread, askFloor: ASK_FLOOR };
}
