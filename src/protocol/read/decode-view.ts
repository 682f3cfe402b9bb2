import { maxUint256, type Address, type Hex } from "viem";

import type { VolSourceName } from "../adapter.ts";
import type { Holding } from "../ledger.ts";
import type { AccountView, ExpiryView, MarketView, ProtocolView, SeriesView, VolView } from "../view.ts";
import { oracleStates } from "../view.ts";
import { decodeVols } from "./decode-vols.ts";
import { holdersOf, tokenHoldersOf, type Scope } from "./scope.ts";
import { WordReader } from "./word-reader.ts";

const QUOTE = 1e6;
const FEED = 1e8;
const LOW_224 = (1n << 224n) - 1n;
const LOW_240 = (1n << 240n) - 1n;

/** Places of `ILens.State`: the answer begins with its offset, the struct's head follows. */
const BASE = 1;
const VAULT = BASE + 3;
const ARRAYS = VAULT + 14;
const [MARKETS, BOOKS, SERIES, ACCOUNTS, BALANCES, COLLATERAL, LONGS, SHORTS, VOLS] = Array.from(
  { length: 9 },
  (_, index) => ARRAYS + index,
);

/** The vol source in force is none of the deployed ones. */
export class UnknownVolSourceError extends Error {
  constructor(address: Address) {
    super(`vol source ${address} was not deployed with the protocol`);
    this.name = "UnknownVolSourceError";
  }
}

/** Decoder of `Lens.read` for one scope: what does not change is looked up once. */
export function viewDecoder(scope: Scope): (data: Hex) => ProtocolView {
  const holders = holdersOf(scope);
  const seriesIndex = new Map(scope.series.map(({ id }, index) => [id, index]));
  const sourceNames = new Map(
    (Object.entries(scope.sources) as [VolSourceName, Address][]).map(([name, address]) => [BigInt(address), name]),
  );
  return (data) => {
    const reader = new WordReader(data);
    reader.seek(BASE);
    const time = reader.number();
    const blockNumber = reader.unsigned();
    const sourceAddress = reader.unsigned();
    const source = sourceNames.get(sourceAddress);
    if (source === undefined) throw new UnknownVolSourceError(`0x${sourceAddress.toString(16).padStart(40, "0")}`);
    const { vault, fund, fundUnits, insolventMaintenance, marginCashUnits } = decodeVault(reader);
    const holdings = decodeHoldings(reader, holders, scope.decimals.length);
    return {
      time,
      blockNumber,
      markets: decodeMarkets(reader, scope.decimals),
      expiries: decodeExpiries(reader, scope),
      series: decodeSeries(reader, scope),
      vault,
      fund,
      fundUnits,
      insolventMaintenance,
      marginCashUnits,
      accounts: decodeAccounts(reader, scope, holdings, seriesIndex),
      holdings,
      vols: decodeSource(reader, source, scope),
    };
  };
}

type VaultPart = Pick<ProtocolView, "vault" | "fund" | "fundUnits" | "insolventMaintenance" | "marginCashUnits">;

function decodeVault(reader: WordReader): VaultPart {
  reader.seek(VAULT);
  const nav = (units: bigint): number => (units === maxUint256 ? Number.NaN : Number(units) / QUOTE);
  const cashUnits = reader.unsigned();
  const vault = {
    cash: Number(cashUnits) / QUOTE,
    cashUnits,
    claims: reader.number() / QUOTE,
    receivable: reader.number() / QUOTE,
    limitNav: reader.number() / QUOTE,
    shares: reader.unsigned(),
    navLow: nav(reader.unsigned()),
    navHigh: nav(reader.unsigned()),
    totalVega: reader.signedWad(),
    queueHead: reader.unsigned(),
    queueTail: reader.unsigned(),
    epochEndsAt: reader.number(),
  };
  const fundUnits = reader.unsigned();
  const insolventMaintenance = reader.number() / QUOTE;
  return { vault, fund: Number(fundUnits) / QUOTE, fundUnits, insolventMaintenance, marginCashUnits: reader.signed() };
}

function decodeMarkets(reader: WordReader, decimals: readonly number[]): MarketView[] {
  reader.enterArray(BASE, MARKETS);
  return decimals.map((digits, underlying) => {
    const unit = 10 ** digits;
    const readable = reader.flag();
    const price = reader.wad();
    const confidence = reader.wad();
    const state = reader.number();
    return {
      underlying,
      readable,
      price,
      confidence,
      oracle: readable ? oracleStates[state] : "blind",
      feed: {
        roundId: reader.unsigned(),
        answer: Number(reader.signed()) / FEED,
        observedAt: reader.number(),
        updatedAt: reader.number(),
      },
      poolQuote: reader.number() / QUOTE,
      poolUnderlying: reader.number() / unit,
      poolMean: reader.wad(),
      inventory: reader.number() / unit,
      netDelta: reader.signedWad(),
      lastHedgeAt: reader.number(),
    };
  });
}

function decodeExpiries(reader: WordReader, { expiries }: Scope): ExpiryView[] {
  reader.enterArray(BASE, BOOKS);
  return expiries.map(({ underlying, expiry }) => {
    const [mark, delta, vega] = [reader.signedWad(), reader.signedWad(), reader.signedWad()];
    const markedAt = reader.number();
    const markedSpot = reader.wad();
    const settled = reader.flag();
    const settlementPrice = reader.wad();
    const payoutRatio = reader.wad();
    return {
      underlying,
      expiry,
      mark,
      delta,
      vega,
      markedAt,
      markedSpot,
      settled,
      settlementPrice,
      closed: payoutRatio > 0,
      payoutRatio,
    };
  });
}

function decodeSeries(reader: WordReader, { series }: Scope): SeriesView[] {
  reader.enterArray(BASE, SERIES);
  return series.map(({ id, underlying, expiry, strike, isCall }) => {
    const netUnits = reader.signed();
    const supplyUnits = reader.unsigned();
    const shortUnits = reader.unsigned();
    const [net, supply, short] = [Number(netUnits) / 1e18, Number(supplyUnits) / 1e18, Number(shortUnits) / 1e18];
    return { id, underlying, expiry, strike, isCall, net, supply, short, netUnits, supplyUnits, shortUnits };
  });
}

function decodeHoldings(reader: WordReader, holders: readonly Address[], underlyings: number): Holding[] {
  reader.enterArray(BASE, BALANCES);
  return holders.map((holder) => {
    const native = reader.unsigned();
    const quote = reader.unsigned();
    return { holder, native, quote, underlyings: Array.from({ length: underlyings }, () => reader.unsigned()) };
  });
}

function decodeAccounts(
  reader: WordReader,
  scope: Scope,
  holdings: readonly Holding[],
  seriesIndex: ReadonlyMap<bigint, number>,
): Map<Address, AccountView> {
  const firstSender = tokenHoldersOf(scope).length;
  const longs = scope.accounts.map(() => new Float64Array(scope.series.length));
  const shorts = scope.accounts.map(() => new Float64Array(scope.series.length));
  for (let left = reader.enterArray(BASE, LONGS); left > 0; left--) {
    const packed = reader.unsigned();
    longs[Number(packed >> 240n)][Number((packed >> 224n) & 0xffffn)] = Number(packed & LOW_224) / 1e18;
  }
  for (let left = reader.enterArray(BASE, SHORTS); left > 0; left -= 2) {
    const packed = reader.unsigned();
    const size = reader.wad();
    const series = seriesIndex.get(packed & LOW_240);
    if (series !== undefined) shorts[Number(packed >> 240n)][series] = size;
  }
  reader.enterArray(BASE, COLLATERAL);
  const collateral = scope.accounts.map(() => scope.decimals.map((digits) => reader.number() / 10 ** digits));
  reader.enterArray(BASE, ACCOUNTS);
  const views = scope.accounts.map((address, index): [Address, AccountView] => {
    const shares = reader.unsigned();
    const marginCashUnits = reader.signed();
    const saleStartedAt = reader.number();
    const { native, quote, underlyings } = holdings[index];
    return [
      address,
      {
        address,
        nativeWei: native + holdings[firstSender + index].native,
        quoteUnits: quote,
        underlyingUnits: underlyings,
        shares,
        longs: longs[index],
        shorts: shorts[index],
        marginCash: Number(marginCashUnits) / QUOTE,
        marginCashUnits,
        collateral: collateral[index],
        saleStartedAt,
        saleInsolvent: reader.flag(),
      },
    ];
  });
  return new Map(views);
}

function decodeSource(reader: WordReader, source: VolSourceName, scope: Scope): VolView {
  const length = reader.enterArray(BASE, VOLS);
  const words = Array.from({ length }, () => reader.unsigned());
  return decodeVols(source, words, scope);
}
