import { blackGreeks, blackPrice } from "../../pricing/black-scholes.ts";
import type { AccountView, ProtocolView, SeriesView } from "../view.ts";
import { YEAR_SECONDS } from "../../time/year.ts";
import { has, type ProtocolTerms } from "./terms.ts";
import { expiryIndex, volAt } from "./vol-at.ts";

/** USD. */
export interface MarginHealth {
  readonly equity: number;
  readonly maintenance: number;
  readonly initial: number;
}

interface Shock {
  readonly factor: number;
  readonly damp: number;
}

/** Seven inner shocks of spot, then two far tails whose losses are damped. */
const SHOCKS: readonly Shock[] = [
  ...[0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.3].map((factor) => ({ factor, damp: 1 })),
  { factor: 0.4, damp: 0.35 },
  { factor: 2, damp: 0.2 },
];
const INNER = 7;
const SCENARIOS = 16;
const DAY = 86_400;
const MIN_VOL = 1e-4;
const INITIAL_OVER_MAINTENANCE = 1.25;
const NAKED_FLOOR = 0.02;
const CONFIDENCE_THRESHOLD = 0.55;
const DIVERSIFICATION_CREDIT = 0.5;
const LIQUIDATION_GAS = 30;

/** Multipliers of the vol up and down: 1 + 0.6·u and max(0.1, 1 − 0.3·u), u = (30 d/max(T, 1 d))^0.3, 0.13 beyond. */
export function volShocks(seconds: number): { up: number; down: number } {
  const tenor = Math.max(seconds, DAY);
  const u = ((30 * DAY) / tenor) ** (tenor > 30 * DAY ? 0.13 : 0.3);
  return { up: 1 + 0.6 * u, down: Math.max(1 - 0.3 * u, 0.1) };
}

function addScenarios(losses: Float64Array, tails: boolean, lossAt: (shock: Shock, up: boolean) => number): void {
  for (const [index, shock] of SHOCKS.entries()) {
    if (index < INNER) {
      losses[2 * index] += lossAt(shock, true);
      losses[2 * index + 1] += lossAt(shock, false);
    } else if (tails) losses[INNER + index] += lossAt(shock, true) * shock.damp;
  }
}

function worst(losses: Float64Array): number {
  return losses.reduce((most, loss) => Math.max(most, loss), 0);
}

/** Value at settlement of a contract whose expiry has a price; undefined before. */
function settledValue(view: ProtocolView, series: SeriesView): number | undefined {
  const book = view.expiries[expiryIndex(view, series)];
  if (!book.settled) return undefined;
  const gain = book.settlementPrice - series.strike;
  return Math.max(series.isCall ? gain : -gain, 0);
}

/** One underlying of an account, and what it adds to equity, losses and add-ons. */
interface Part {
  equity: number;
  readonly losses: Float64Array;
  floor: number;
  closing: number;
  doubt: number;
}

function partOf(
  view: ProtocolView,
  { vault, defences }: ProtocolTerms,
  account: AccountView,
  underlying: number,
  spot: number,
): Part {
  const part: Part = { equity: 0, losses: new Float64Array(SCENARIOS), floor: 0, closing: 0, doubt: 0 };
  const tails = has(defences, "farTailScenarios");
  const addOn = has(defences, "closingCostAddOn");
  const countsDeviation = has(defences, "uncertaintyMargin");
  const units = account.collateral[underlying];
  if (units > 0) {
    part.equity += units * spot;
    addScenarios(part.losses, tails, ({ factor }) => units * spot * (1 - factor));
  }
  let [calls, puts] = [0, 0];
  for (const [index, series] of view.series.entries()) {
    const size = account.shorts[index];
    if (size === 0 || series.underlying !== underlying) continue;
    if (series.isCall) calls += size;
    else puts += size;
    const settled = settledValue(view, series);
    if (settled !== undefined) {
      part.equity -= settled * size;
      continue;
    }
    const seconds = Math.max(series.expiry - view.time, 1);
    const years = seconds / YEAR_SECONDS;
    // An expired leg that has no price yet has no vol either.
    const said = series.expiry > view.time ? volAt(view, series, spot) : { vol: MIN_VOL, sd: 0 };
    const vol = Math.max(said.vol, MIN_VOL);
    const { price, delta, vega } = blackGreeks(series.isCall, spot, series.strike, years, vol);
    const { up, down } = volShocks(Math.max(series.expiry - view.time, 0));
    part.equity -= price * size;
    addScenarios(part.losses, tails, ({ factor }, rises) => {
      const shocked = blackPrice(series.isCall, spot * factor, series.strike, years, vol * (rises ? up : down));
      return (shocked - price) * size;
    });
    if (addOn) part.closing += (vega * vault.halfSpread + Math.abs(delta) * spot * vault.lagSpread) * size;
    if (countsDeviation && said.sd > 0) part.closing += vega * said.sd * size;
  }
  part.floor = (puts + Math.max(calls - units, 0)) * spot * NAKED_FLOOR;
  const { confidence } = view.markets[underlying];
  if (has(defences, "confidenceInMargin") && confidence < CONFIDENCE_THRESHOLD) {
    part.doubt = (calls + puts) * spot * (1 - confidence);
  }
  return part;
}

/**
 * Equity and margins of an account as `MarginRisk.assess` computes them: at the guarded price or, while feed and pool
 * dispute one, at whichever of the two leaves the account worse.
 */
export function marginHealth(view: ProtocolView, terms: ProtocolTerms, account: AccountView): MarginHealth {
  const [worse] = disputedHealths(view, terms, account);
  return worse;
}

/** What the start of a sale is judged by: under dispute the account must be broken at both prices. */
export function healthForStart(view: ProtocolView, terms: ProtocolTerms, account: AccountView): MarginHealth {
  const [, better] = disputedHealths(view, terms, account);
  return better;
}

/** Health at the guarded and at the pool's mean price where those are disputed, the worse first. */
function disputedHealths(
  view: ProtocolView,
  terms: ProtocolTerms,
  account: AccountView,
): readonly [MarginHealth, MarginHealth] {
  const atFeed = healthAt(view, terms, account, (underlying) => view.markets[underlying].price);
  if (!view.markets.some(({ oracle }) => oracle === "disputed")) return [atFeed, atFeed];
  const atPool = healthAt(view, terms, account, (underlying) => {
    const { oracle, price, poolMean } = view.markets[underlying];
    return oracle === "disputed" ? poolMean : price;
  });
  const surplus = ({ equity, maintenance }: MarginHealth): number => equity - maintenance;
  return surplus(atPool) < surplus(atFeed) ? [atPool, atFeed] : [atFeed, atPool];
}

/** Equity and margins of an account with each underlying at the price that `spotOf` gives, USD. */
export function healthAt(
  view: ProtocolView,
  terms: ProtocolTerms,
  account: AccountView,
  spotOf: (underlying: number) => number,
): MarginHealth {
  const parts = view.markets
    .filter(
      ({ underlying }) =>
        account.collateral[underlying] > 0 ||
        view.series.some((series, index) => series.underlying === underlying && account.shorts[index] > 0),
    )
    .map(({ underlying }) => partOf(view, terms, account, underlying, spotOf(underlying)));
  const sum = (pick: (part: Part) => number): number => parts.reduce((total, part) => total + pick(part), 0);
  const equity = account.marginCash + sum((part) => part.equity);
  if (!account.shorts.some((size) => size > 0)) return { equity, maintenance: 0, initial: 0 };

  const separate = sum(({ losses }) => worst(losses));
  const joint = new Float64Array(SCENARIOS).map((_, j) => sum(({ losses }) => losses[j]));
  const weight = has(terms.defences, "diversificationHaircut") ? DIVERSIFICATION_CREDIT : 1;
  const charge = separate - weight * Math.max(separate - worst(joint), 0);
  const gas = has(terms.defences, "closingCostAddOn") ? LIQUIDATION_GAS : 0;
  const closing = gas + sum((part) => part.closing);
  const maintenance = charge + sum((part) => part.floor) + closing;
  return { equity, maintenance, initial: INITIAL_OVER_MAINTENANCE * maintenance + sum((part) => part.doubt) };
}
