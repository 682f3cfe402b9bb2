import type { Address } from "viem";

import type { Observation, ProtocolTwin } from "../../../sim/agents/agent.ts";
import type { Truth } from "../../../sim/world/truth.ts";
import { gasLimitOf } from "../../../src/protocol/gas-limits.ts";
import { quoteAction } from "../../../src/protocol/twin/quote-action.ts";
import type { ProtocolTerms } from "../../../src/protocol/twin/terms.ts";
import { volAt } from "../../../src/protocol/twin/vol-at.ts";
import type { AccountView, ProtocolView } from "../../../src/protocol/view.ts";
import { blackPrice } from "../../../src/pricing/black-scholes.ts";
import type { Series } from "../../../src/protocol/actions.ts";

const DAY = 86_400;
const YEAR = 31_536_000;
export const ownAddress: Address = "0x00000000000000000000000000000000000000aa";
export const otherAddress: Address = "0x00000000000000000000000000000000000000bb";

const start = 1_767_628_800;
const expiries = [start + 2 * DAY, start + 7 * DAY, start + 30 * DAY];
const strikes = [1500, 1800, 2000, 2200];
export const series: readonly Series[] = expiries.flatMap((expiry) =>
  strikes.flatMap((strike) =>
    [true, false].map((isCall) => ({
      id: BigInt(expiry * 10_000 + strike * 2 + Number(isCall)),
      underlying: 0,
      expiry,
      strike,
      isCall,
    })),
  ),
);

export const terms: ProtocolTerms = {
  vault: {
    halfSpread: 0.01,
    convexity: 0.15,
    lagSpread: 0.005,
    feeShare: 0.0003,
    feeCap: 0.125,
    vegaFee: 0.005,
    vegaLimit: 0.004,
    maxTrade: 0.02,
    minVol: 0.1,
    maxVol: 4,
    noOpenWindow: 43_200,
    minAbsDelta: 0.05,
    maxAbsDelta: 0.95,
  },
  defences: 0xffffffffffn,
  trailingFloor: 0.1,
  feedDeviation: 0.005,
};

/** What the market of a test looks like. */
export interface Market {
  readonly block: number;
  /** Seconds since the start, before the last expiry. */
  readonly elapsed: number;
  /** USD: what the protocol says, and the truth. */
  readonly feed: number;
  readonly spot: number;
  /** Vol that the protocol quotes, and the true one. */
  readonly quotedVol: number;
  readonly trueVol: number;
  /** USD, units, contracts of every series, USD of margin cash. */
  readonly quote: number;
  readonly underlying: number;
  readonly longs: number;
  readonly margin: number;
  /** Contracts that another account is short, and its cash. */
  readonly otherShort: number;
  readonly otherCash: number;
  readonly saleStarted: boolean;
}

/** An observation of that market by an agent whose only account is at `ownAddress`. */
export function observe(market: Market): Observation {
  const now = start + market.elapsed;
  const view = viewOf(market, now);
  const protocol: ProtocolTwin = {
    series,
    expiries,
    underlying: 0,
    terms,
    quote: (at, action) => quoteAction(at, terms, action),
    quotedVols: (at) => Float64Array.from(series, (each) => volAt(at, each, at.markets[0].price).vol),
    gasLimitOf,
  };
  const trueVols = Float64Array.from(series, ({ expiry }) => (expiry > now ? market.trueVol : Number.NaN));
  const truePrices = Float64Array.from(series, ({ isCall, strike, expiry }) =>
    blackPrice(isCall, market.spot, strike, Math.max(0, expiry - now) / YEAR, market.trueVol),
  );
  return {
    now,
    block: market.block,
    since: now - 1800,
    view,
    truth: { time: now, spot: market.spot, variance: market.trueVol ** 2, severity: 0, jumped: false } as Truth,
    truePrices,
    trueVols,
    features: {
      spot: market.feed,
      shortVol: 0.5,
      longVol: 0.5,
      volOfVol: 0.3,
      jumpShare: 0,
      orderFlow: 0,
      utilisation: 0,
      rateDifferential: 0,
      baseFee: 10,
      surfaceLevel: Number.NaN,
      returns: { step: 3600, end: Number.NaN, values: new Float64Array() },
    },
    rounds: [{ roundId: 1n, answer: market.feed, observedAt: now - 3000, updatedAt: now - 3000 }],
    dueRounds: [{ answer: market.feed, observedAt: now - 40, updatedAt: now - 10 }],
    tokenUnit: 1e18,
    protocol,
    baseFee: 10n ** 10n,
    pending: [],
    outcomes: [],
    addresses: { main: ownAddress },
  };
}

function viewOf(market: Market, now: number): ProtocolView {
  const none = new Float64Array(series.length);
  const own: AccountView = {
    ...emptyAccount(ownAddress),
    quoteUnits: BigInt(Math.round(market.quote * 1e6)),
    underlyingUnits: [BigInt(Math.round(market.underlying * 1e6)) * 10n ** 12n, 0n],
    longs: none.map(() => market.longs),
    marginCash: market.margin,
    shares: 10n ** 12n,
  };
  const other: AccountView = {
    ...emptyAccount(otherAddress),
    shorts: none.map((_, index) => (index === series.length - 3 ? market.otherShort : 0)),
    marginCash: market.otherCash,
    saleStartedAt: market.saleStarted ? now - 600 : 0,
  };
  return {
    time: now,
    blockNumber: 100n,
    markets: [
      {
        underlying: 0,
        readable: true,
        price: market.feed,
        confidence: 1,
        oracle: "good",
        feed: { roundId: 1n, answer: market.feed, observedAt: now - 3000, updatedAt: now - 3000 },
        poolQuote: 2_000_000,
        poolUnderlying: 1000,
        poolMean: market.feed,
        inventory: 150,
        netDelta: 40,
        lastHedgeAt: now - 3600,
      },
    ],
    expiries: expiries.map((expiry) => ({
      underlying: 0,
      expiry,
      mark: -10_000,
      delta: 5,
      vega: -20_000,
      markedAt: now - 7200,
      markedSpot: 2000,
      settled: false,
      settlementPrice: 0,
      closed: false,
      payoutRatio: 0,
    })),
    series: series.map((each) => ({
      ...each,
      net: 0,
      supply: 0,
      short: 0,
      netUnits: 0n,
      supplyUnits: 0n,
      shortUnits: 0n,
    })),
    vault: {
      cash: 700_000,
      cashUnits: 700_000_000_000n,
      claims: 0,
      receivable: 0,
      limitNav: 1_000_000,
      shares: 10n ** 12n,
      navLow: 1_000_000,
      navHigh: 1_010_000,
      totalVega: -60_000,
      queueHead: 0n,
      queueTail: 0n,
      epochEndsAt: now + 3600,
    },
    fund: 20_000,
    fundUnits: 20_000_000_000n,
    insolventMaintenance: 0,
    marginCashUnits: 0n,
    accounts: new Map([own, other].map((account) => [account.address, account])),
    holdings: [],
    vols: { source: "constant", vol: market.quotedVol, sd: 0.01 },
  };
}

function emptyAccount(address: Address): AccountView {
  return {
    address,
    nativeWei: 10n ** 18n,
    quoteUnits: 0n,
    underlyingUnits: [0n, 0n],
    shares: 0n,
    longs: new Float64Array(series.length),
    shorts: new Float64Array(series.length),
    marginCash: 0,
    marginCashUnits: 0n,
    collateral: [0, 0],
    saleStartedAt: 0,
    saleInsolvent: false,
  };
}
