import { blackPrice } from "../../src/pricing/black-scholes.ts";
import { marginHealth } from "../../src/protocol/twin/margin-health.ts";
import type { AccountView } from "../../src/protocol/view.ts";
import type { Random } from "../../src/random/random.ts";
import { YEAR_SECONDS } from "../../src/time/year.ts";
import { market, ownAccount } from "./account-state.ts";
import type { Agent, Observation, Submission } from "./agent.ts";
import { soleAccount, submission, type AgentSetting } from "./submitting.ts";
import {
  contractsOf,
  inWords,
  largestTrade,
  openSeries,
  perContract,
  probe,
  quoteTrade,
  roundToLot,
  smallestTrade,
  tradeAction,
  volInWords,
  wholeUsd,
  type Trade,
  type TradeKind,
} from "./trading.ts";

export const volArbitrageurDefaults = {
  /** Standard deviation of its estimate of the true vol. */
  noise: 0.01,
  /** USD of edge below which a trade is not worth its gas. */
  minEdge: 40,
  /** Trades a block. */
  trades: 2,
  /** Its vega at most, as a share of the vault's limit, and a trade's. */
  vegaShare: 0.5,
  clipShare: 0.015,
  /** USD of the underlying a trade at most. */
  clip: 240_000,
  /** Vault's vega limit, as a share of NAV per vol point. */
  vegaLimit: 0.01,
  /** Share of its capital at the margin engine, to sell what is too dear. */
  committed: 0.4,
  /** Gwei. */
  tip: 4,
};

/** Multiple of initial margin that it keeps for a short. */
const RESERVE = 1.2;
/** Share by which a fill may be worse than the quote: others trade in the same block. */
const SLACK = 0.05;

/** Knows the true volatility, a little late and with an error, and trades the vault's mispricing until no edge is left. */
export function volArbitrageur(setting: AgentSetting<typeof volArbitrageurDefaults>): Agent<null> {
  const { id, capital, latency, parameters } = setting;
  const committed = capital * parameters.committed;
  return {
    id,
    role: "vol-arbitrageur",
    accounts: soleAccount(capital - committed, 0, committed),
    truthLatency: latency,
    start: () => null,
    decide(seen, memory, random) {
      const own = ownAccount(seen);
      if (own === undefined || seen.truth === undefined || seen.trueVols === undefined) {
        return { submit: [], cancel: [], memory };
      }
      const worth = ownPrices(seen, parameters.noise, random);
      const limit = parameters.vegaLimit * seen.view.vault.navLow * 100;
      const room = parameters.vegaShare * limit - ownVega(seen, own.view.longs, own.view.shorts);
      const budget = { quote: own.quote * 0.98, margin: freeMargin(seen, own.view) };
      const candidates = openSeries(seen)
        .flatMap((index) =>
          bestTrade(seen, index, worth[index], own.view.longs[index], own.view.shorts[index], {
            vega: Math.min(room, parameters.clipShare * limit),
            size: contractsOf(seen, parameters.clip),
            ...budget,
          }),
        )
        .filter(({ edge }) => edge >= parameters.minEdge)
        .sort((a, b) => b.edge - a.edge || a.trade.index - b.trade.index);
      const submit: Submission[] = [];
      for (const { trade, edge } of candidates.slice(0, parameters.trades)) {
        const need = trade.kind === "buy" ? -trade.cash * (1 + SLACK) : 0;
        const marginNeed = trade.kind === "open-short" ? marginFor(seen, trade) : Math.max(0, -trade.cash);
        if (need > budget.quote || (trade.kind !== "buy" && trade.kind !== "sell" && marginNeed > budget.margin))
          continue;
        budget.quote -= need;
        budget.margin -= trade.kind === "open-short" || trade.kind === "close-short" ? marginNeed : 0;
        submit.push(
          submission(
            seen,
            id,
            submit.length,
            [tradeAction(seen, trade, SLACK)],
            { tip: parameters.tip, patience: 60 },
            words(seen, trade, edge),
          ),
        );
      }
      return { submit, cancel: [], memory };
    },
  };
}

/**
 * What each series is worth to it: Black's price at the true vol and its error, which is drawn anew in every block. The
 * spot is the protocol's: it takes no view on direction, which it hedges elsewhere.
 */
function ownPrices(seen: Observation, noise: number, random: Random): Float64Array {
  const spot = market(seen.view, seen.protocol.underlying).price;
  return Float64Array.from(seen.protocol.series, ({ isCall, strike, expiry }, index) => {
    if (expiry <= seen.now) return seen.truePrices![index];
    const vol = Math.max(0.01, volThen(seen, index, spot) + noise * random.normal(seen.block, index));
    return blackPrice(isCall, spot, strike, (expiry - seen.now) / YEAR_SECONDS, vol);
  });
}

/**
 * True vol of a series from the smile that it last saw, read at the same moneyness: when the spot moves, the smile moves
 * with it. Linear between the listed strikes, flat outside.
 */
function volThen({ protocol, truth, trueVols }: Observation, index: number, spot: number): number {
  const { isCall, expiry, strike } = protocol.series[index];
  const strikeThen = (strike * truth!.spot) / spot;
  let below = -1;
  let above = -1;
  for (const [each, series] of protocol.series.entries()) {
    if (series.expiry !== expiry || series.isCall !== isCall) continue;
    if (series.strike <= strikeThen && (below < 0 || series.strike > protocol.series[below].strike)) below = each;
    if (series.strike > strikeThen && (above < 0 || series.strike < protocol.series[above].strike)) above = each;
  }
  if (below < 0 || above < 0) return trueVols![below < 0 ? above : below];
  const [low, high] = [protocol.series[below].strike, protocol.series[above].strike];
  const part = (strikeThen - low) / (high - low);
  return trueVols![below] * (1 - part) + trueVols![above] * part;
}

function ownVega(seen: Observation, longs: Float64Array, shorts: Float64Array): number {
  let vega = 0;
  for (const index of seen.protocol.series.keys()) {
    const size = Math.abs(longs[index]) + Math.abs(shorts[index]);
    if (size > 0) vega += size * (probe(seen, "buy", index)?.quote.vega ?? 0);
  }
  return vega;
}

/** Margin equity that its shorts do not need, USD. */
function freeMargin(seen: Observation, own: AccountView): number {
  const { equity, initial } = marginHealth(seen.view, seen.protocol.terms, own);
  return Math.max(0, Math.min(own.marginCash, equity - initial * RESERVE));
}

interface Room {
  /** USD per 1.00 of vol. */
  readonly vega: number;
  /** Contracts. */
  readonly size: number;
  readonly quote: number;
  readonly margin: number;
}

/** The trade in a series that takes the whole edge within its room, where there is one. */
function bestTrade(
  seen: Observation,
  index: number,
  worth: number,
  long: number,
  short: number,
  room: Room,
): { readonly trade: Trade; readonly edge: number }[] {
  const first = probe(seen, "buy", index);
  if (first === undefined) return [];
  const dear = first.quote.mark > worth;
  const least = smallestTrade(seen);
  const kind: TradeKind = dear ? (long >= least ? "sell" : "open-short") : short >= least ? "close-short" : "buy";
  const unit = probe(seen, kind, index);
  if (unit === undefined || edgeOf(unit, worth) <= 0 || room.vega <= 0) return [];
  const cap = Math.min(
    room.size,
    kind === "sell" || kind === "close-short" ? Infinity : largestTrade(seen, unit),
    room.vega / Math.max(1e-9, unit.quote.vega),
    kind === "sell" ? long : kind === "close-short" ? short : Infinity,
    kind === "buy" ? room.quote / -perContract(unit) : Infinity,
    kind === "open-short" ? (room.margin * unit.size) / marginFor(seen, unit) : Infinity,
  );
  const size = roundToLot(sizeOfNoMarginalEdge(seen, kind, index, worth, cap));
  const trade = size >= least ? quoteTrade(seen, kind, index, size) : undefined;
  return trade === undefined ? [] : [{ trade, edge: edgeOf(trade, worth) }];
}

/** USD by which the trade is better than its worth. */
function edgeOf(trade: Trade, worth: number): number {
  const gains = trade.kind === "buy" || trade.kind === "close-short" ? worth : -worth;
  return gains * trade.size + trade.cash;
}

/** The largest size at which one more contract still earns something: spreads widen with size, so the edge is concave. */
function sizeOfNoMarginalEdge(seen: Observation, kind: TradeKind, index: number, worth: number, cap: number): number {
  const edgeAt = (size: number): number => {
    const trade = quoteTrade(seen, kind, index, size);
    return trade === undefined ? Number.NEGATIVE_INFINITY : edgeOf(trade, worth);
  };
  const earnsMore = (size: number): boolean => edgeAt(size) > edgeAt(size * 0.98);
  const least = smallestTrade(seen);
  let [low, high] = [least, Math.max(least, cap)];
  if (earnsMore(high)) return high;
  for (let step = 0; step < 12; step++) {
    const middle = (low + high) / 2;
    if (earnsMore(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** Margin cash that a short ties up beyond its proceeds, with a reserve for what the market does meanwhile. */
function marginFor(seen: Observation, { index, size, cash }: Trade): number {
  const own = ownAccount(seen)!.view;
  const shorts = new Float64Array(own.shorts.length);
  shorts[index] = size;
  const alone = { ...own, shorts, collateral: own.collateral.map(() => 0), marginCash: 0 };
  const { equity, initial } = marginHealth(seen.view, seen.protocol.terms, alone);
  return Math.max(0, initial - equity - cash) * RESERVE;
}

function words(seen: Observation, { kind, index, size, quote }: Trade, edge: number): string {
  const verbs = { buy: "buys", sell: "sells", "open-short": "sells short", "close-short": "buys back" };
  const at = `${volInWords(quote.tradeVol)}, worth ${volInWords(seen.trueVols![index])}`;
  return `${verbs[kind]} ${inWords(seen, index, size)} at ${at}, for ${wholeUsd(edge)} USD of edge`;
}
