import type { Address, Hex } from "viem";

import { InternalError } from "../../errors/internal-error.ts";
import { figureOf } from "../../chain/read-figure.ts";
import { ReadWords } from "../../chain/read-words.ts";
import type { VolSourceName } from "../adapter.ts";
import type { Holding } from "../ledger.ts";
import type { AccountView, ExpiryView, MarketView, ProtocolView, SeriesView } from "../view.ts";
import { oracleStates } from "../view.ts";
import { decodeVols } from "./decode-vols.ts";
import { BLOCK_NUMBER, REVERTED, TIME } from "./questions.ts";
import { ACCOUNT_LEG_WORDS, BOOK_WORDS, LEG_WORDS, type ReadMap } from "./read-map.ts";
import { tokenHoldersOf, type Scope } from "./scope.ts";
import { vaultFigures, type VaultFigures } from "./vault-figures.ts";

const QUOTE = 1e6;
const FEED = 1e8;
const WAD = 1e18;

/** The vol source in force is none of the deployed ones. */
export class UnknownVolSourceError extends Error {
  constructor(address: Address) {
    super(`vol source ${address} was not deployed with the protocol`);
    this.name = "UnknownVolSourceError";
  }
}

/** What decoding needs to know, looked up once. */
interface Decoder {
  readonly scope: Scope;
  readonly map: ReadMap;
  readonly figures: VaultFigures;
  readonly holders: readonly Address[];
  readonly seriesIndex: ReadonlyMap<bigint, number>;
  readonly sources: ReadonlyMap<bigint, VolSourceName>;
  /** Contracts by series of all that have none: one array for the whole run. */
  readonly none: Float64Array;
}

/** Sizes of an account's short legs in units of 1e-18 contracts, by index of the series. */
type Legs = ReadonlyMap<number, bigint>;

/** Decoder of `Lens.read` for one scope: what does not change is looked up once. */
export function viewDecoder(scope: Scope, map: ReadMap): (data: Hex) => ProtocolView {
  const { grid, truth, trailing, constant } = scope.contracts;
  const sources = { grid, truth, trailing, constant };
  const decoder: Decoder = {
    scope,
    map,
    figures: vaultFigures(map, scope),
    holders: tokenHoldersOf(scope),
    seriesIndex: new Map(scope.series.map(({ id }, index) => [id, index])),
    none: new Float64Array(scope.series.length),
    sources: new Map(
      (Object.entries(sources) as [VolSourceName, Address][]).map(([name, address]) => [BigInt(address), name]),
    ),
  };
  return (data) => decode(decoder, new ReadWords(data));
}

function decode(decoder: Decoder, words: ReadWords): ProtocolView {
  const { scope, map } = decoder;
  if (words.unsigned(REVERTED) >> BigInt(map.mayRevert + 1) !== 0n) {
    throw new InternalError("a question of the aggregated read reverted", { action: "read" });
  }
  const holdings = decodeHoldings(decoder, words);
  const legs = scope.accounts.map((_, account) => legsOf(decoder, words, account));
  const fundUnits = words.unsigned(map.fund);
  return {
    time: words.number(TIME),
    blockNumber: words.unsigned(BLOCK_NUMBER),
    markets: decodeMarkets(decoder, words),
    expiries: decodeExpiries(decoder, words),
    series: decodeSeries(decoder, words, legs),
    vault: decodeVault(decoder, words),
    fund: Number(fundUnits) / QUOTE,
    fundUnits,
    insolventMaintenance: words.number(map.insolventMaintenance) / QUOTE,
    marginCashUnits: words.signed(map.marginTotalCash),
    accounts: decodeAccounts(decoder, words, holdings, legs),
    holdings,
    vols: decodeVols(sourceOf(decoder, words), words, map, scope),
  };
}

function sourceOf({ map, sources }: Decoder, words: ReadWords): VolSourceName {
  const address = words.unsigned(map.volSource);
  const source = sources.get(address);
  if (source === undefined) throw new UnknownVolSourceError(`0x${address.toString(16).padStart(40, "0")}`);
  return source;
}

function decodeVault({ map, figures, scope }: Decoder, words: ReadWords): ProtocolView["vault"] {
  const nav = (name: "navLow" | "navHigh"): number => Number(figureOf(figures[name], words) ?? Number.NaN) / QUOTE;
  const { epochSeconds, epochAnchor } = scope.schedule;
  const cashUnits = words.unsigned(map.cash);
  return {
    cash: Number(cashUnits) / QUOTE,
    cashUnits,
    claims: words.number(map.claimed, 0, 128) / QUOTE,
    receivable: words.number(map.claimed, 128, 128) / QUOTE,
    limitNav: words.number(map.totals + 1, 128, 64) / QUOTE,
    shares: words.unsigned(map.vaultShares),
    navLow: nav("navLow"),
    navHigh: nav("navHigh"),
    totalVega: Number(words.signed(map.totals, 128, 128)) / WAD,
    queueHead: words.unsigned(map.epoch, 64, 128),
    queueTail: words.unsigned(map.tail),
    epochEndsAt: epochAnchor + (words.number(map.epoch, 0, 64) + 1) * epochSeconds,
  };
}

/** The traded market; of the others nothing is read. */
function decodeMarkets({ scope, map }: Decoder, words: ReadWords): MarketView[] {
  return scope.contracts.decimals.map((digits, underlying) => {
    if (underlying !== scope.underlying) return unread(underlying);
    const unit = 10 ** digits;
    const readable = words.isZero(REVERTED);
    const quoteFirst = BigInt(scope.contracts.quote) < BigInt(scope.contracts.tokens[underlying]);
    const inventory = words.unsigned(map.inventory);
    const held = inventory * 10n ** BigInt(18 - digits) - words.unsigned(map.neutralInventory);
    return {
      underlying,
      readable,
      price: words.number(map.reading) / WAD,
      confidence: words.number(map.reading + 1) / WAD,
      oracle: readable ? oracleStates[words.number(map.reading + 2)] : "blind",
      feed: {
        roundId: words.unsigned(map.round),
        answer: Number(words.signed(map.round + 1)) / FEED,
        observedAt: words.number(map.round + 2),
        updatedAt: words.number(map.round + 3),
      },
      poolQuote: words.number(map.reserves + (quoteFirst ? 0 : 1)) / QUOTE,
      poolUnderlying: words.number(map.reserves + (quoteFirst ? 1 : 0)) / unit,
      poolMean: words.number(map.poolMean) / WAD,
      inventory: Number(inventory) / unit,
      netDelta: Number(words.signed(map.exposure, 0, 128) + held) / WAD,
      lastHedgeAt: words.number(map.lastHedgeAt),
    };
  });
}

function unread(underlying: number): MarketView {
  const feed = { roundId: 0n, answer: 0, observedAt: 0, updatedAt: 0 };
  const pool = { poolQuote: 0, poolUnderlying: 0, poolMean: 0 };
  const hedge = { inventory: 0, netDelta: 0, lastHedgeAt: 0 };
  return { underlying, readable: false, price: 0, confidence: 0, oracle: "blind", feed, ...pool, ...hedge };
}

function decodeExpiries({ scope, map }: Decoder, words: ReadWords): ExpiryView[] {
  return scope.expiries.map((expiry, index) => {
    const book = map.books + BOOK_WORDS * index;
    const settlement = map.settlements + index;
    const payoutRatio = words.number(map.payoutRatios + index) / WAD;
    return {
      underlying: scope.underlying,
      expiry,
      mark: Number(words.signed(book, 0, 128)) / WAD,
      delta: Number(words.signed(book, 128, 128)) / WAD,
      vega: Number(words.signed(book + 1, 0, 96)) / WAD,
      markedAt: words.number(book + 1, 192, 64),
      markedSpot: words.number(book + 1, 96, 96) / WAD,
      settled: words.number(settlement, 192, 8) !== 0,
      settlementPrice: words.number(settlement, 0, 192) / WAD,
      closed: payoutRatio > 0,
      payoutRatio,
    };
  });
}

/** Calls and puts of a strike share a word: the strike, then the net of each. */
function decodeSeries({ scope, map }: Decoder, words: ReadWords, legs: readonly Legs[]): SeriesView[] {
  const shorts = scope.series.map(() => 0n);
  for (const own of legs) for (const [index, size] of own) shorts[index] += size;
  return scope.series.map((series, index) => {
    const netUnits = words.signed(map.lines + (index >> 1), series.isCall ? 96 : 176, 80);
    const supplyUnits = words.unsigned(map.supplies + index);
    const shortUnits = shorts[index];
    const [net, supply, short] = [Number(netUnits) / WAD, Number(supplyUnits) / WAD, Number(shortUnits) / WAD];
    return { ...series, net, supply, short, netUnits, supplyUnits, shortUnits };
  });
}

/** Token holders in order; then senders and the coinbase, who hold wei only. */
function decodeHoldings({ scope, map, holders }: Decoder, words: ReadWords): Holding[] {
  const tokens = (units: bigint): bigint[] =>
    scope.contracts.decimals.map((_, underlying) => (underlying === scope.underlying ? units : 0n));
  const none = tokens(0n);
  const owner = holders.length - 1;
  return [
    ...holders.map((holder, index) => ({
      holder,
      native: index === owner ? words.unsigned(map.wei) : 0n,
      quote: words.unsigned(map.quote + index),
      underlyings: tokens(words.unsigned(map.tokens + index)),
    })),
    ...[...scope.senders, scope.coinbase].map((holder, index) => {
      return { holder, native: words.unsigned(map.wei + 1 + index), quote: 0n, underlyings: none };
    }),
  ];
}

function decodeAccounts(
  decoder: Decoder,
  words: ReadWords,
  holdings: readonly Holding[],
  legs: readonly Legs[],
): Map<Address, AccountView> {
  const { scope, map, holders } = decoder;
  const views = scope.accounts.map((address, index): [Address, AccountView] => {
    const marginCashUnits = words.signed(map.marginCash + index);
    const { quote, underlyings } = holdings[index];
    const collateral = words.number(map.collateral + index);
    return [
      address,
      {
        address,
        nativeWei: holdings[holders.length + index].native,
        quoteUnits: quote,
        underlyingUnits: underlyings,
        shares: words.unsigned(map.shares + index),
        longs: decodeLongs(decoder, words, index),
        shorts: shortsOf(decoder, legs[index]),
        marginCash: Number(marginCashUnits) / QUOTE,
        marginCashUnits,
        collateral: scope.contracts.decimals.map((digits, underlying) =>
          underlying === scope.underlying ? collateral / 10 ** digits : 0,
        ),
        saleStartedAt: words.number(map.sales + index, 0, 64),
        saleInsolvent: words.number(map.sales + index, 64, 8) !== 0,
      },
    ];
  });
  return new Map(views);
}

function decodeLongs({ scope, map, none }: Decoder, words: ReadWords, account: number): Float64Array {
  const first = map.claims[account];
  if (first === undefined) return none;
  const longs = new Float64Array(scope.series.length);
  for (let index = 0; index < longs.length; index++) {
    if (!words.isZero(first + index)) longs[index] = words.number(first + index) / WAD;
  }
  return longs;
}

/** Legs of an account by index of the series; those of a series that is not listed are left out. */
function legsOf({ map, seriesIndex }: Decoder, words: ReadWords, account: number): Legs {
  const legs = new Map<number, bigint>();
  const first = map.legs + ACCOUNT_LEG_WORDS * account;
  if (words.isZero(first)) return legs;
  for (let leg = 0, word = first + 1; leg < words.number(first); leg++, word += LEG_WORDS) {
    const series = seriesIndex.get(words.unsigned(word));
    if (series !== undefined) legs.set(series, words.unsigned(word + 1, 0, 128));
  }
  return legs;
}

function shortsOf({ scope, none }: Decoder, legs: Legs): Float64Array {
  if (legs.size === 0) return none;
  const shorts = new Float64Array(scope.series.length);
  for (const [index, size] of legs) shorts[index] = Number(size) / WAD;
  return shorts;
}
