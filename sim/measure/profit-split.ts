import { blackPrice } from "../../src/pricing/black-scholes.ts";
import type { SeriesView } from "../../src/protocol/view.ts";
import type { BlockRecord, RunRecord } from "../engine/run-record.ts";
import { YEAR_SECONDS } from "../../src/time/year.ts";

import { liquidityFlow, vaultValueAtTruth } from "./vault-value.ts";

/** The vault's profit by cause, USD; the parts and the residual sum to `total`. */
export interface ProfitSplit {
  /** Premium against true price at the moment of each trade: what mispricing gave away. */
  edge: number;
  /** Revaluation of the book held when true vols moved during the onset: no model prevents it. */
  revaluationAtOnset: number;
  /** Everything else that the true value of the held book did: time, gamma, vol after the onset. */
  carryAndGamma: number;
  /** Inventory away from neutral times the spot's move, and the impact paid in each hedge. */
  hedging: number;
  /** The neutral inventory's own move with spot. */
  neutralInventory: number;
  /** Trading fees less the insurance fund's part. */
  fees: number;
  /** Shortfalls, takeovers and what bidders left behind. */
  liquidations: number;
  /** What no part explains: rounding, and time between a settlement and its payments. */
  residual: number;
  total: number;
}

/**
 * Splits the vault's profit over a run, block by block: the book held from the previous block is revalued in two
 * steps (spot and time at the old true vols, then the new vols), each trade and hedge is compared with the truth of
 * its own block, and liquidity flows are no profit.
 *
 * @param neutralInventory - units of the underlying that count as unhedged by choice
 */
export function profitSplit(run: RunRecord, neutralInventory: number): ProfitSplit {
  const split: ProfitSplit = {
    edge: 0,
    revaluationAtOnset: 0,
    carryAndGamma: 0,
    hedging: 0,
    neutralInventory: 0,
    fees: 0,
    liquidations: 0,
    residual: 0,
    total: 0,
  };
  let previous = run.genesis;
  for (const block of run.blocks) {
    addBlock(split, run, previous, block, neutralInventory);
    previous = block;
  }
  return split;
}

function addBlock(
  split: ProfitSplit,
  run: RunRecord,
  previous: BlockRecord,
  block: BlockRecord,
  neutralInventory: number,
): void {
  const change = vaultValueAtTruth(block) - vaultValueAtTruth(previous) - liquidityFlow(block);
  const book = bookRevaluation(previous, block);
  const inOnset = block.time > run.onset && block.time <= run.plateauFrom;
  const trades = tradeEdges(block);
  const hedges = hedgeResult(previous, block, neutralInventory);

  split.edge += trades.edge;
  split.fees += trades.fees;
  split.revaluationAtOnset += inOnset ? book.vol : 0;
  split.carryAndGamma += book.spotAndTime + (inOnset ? 0 : book.vol);
  split.hedging += hedges.hedging;
  split.neutralInventory += hedges.neutral;
  split.total += change;

  const explained = trades.edge + trades.fees + book.vol + book.spotAndTime + hedges.hedging + hedges.neutral;
  if (hasLiquidation(block)) split.liquidations += change - explained;
  else split.residual += change - explained;
}

/** Change in true value of the positions held from the previous block, at the old vols and by the new ones. */
function bookRevaluation(previous: BlockRecord, block: BlockRecord): { vol: number; spotAndTime: number } {
  let vol = 0;
  let spotAndTime = 0;
  previous.view.series.forEach((series, i) => {
    if (series.net === 0) return;
    const moved = series.net * (block.truePrices[i] - previous.truePrices[i]);
    const atOldVol = priceAtOldVol(series, previous, block, i);
    const byVol = atOldVol === undefined ? 0 : series.net * (block.truePrices[i] - atOldVol);
    vol += byVol;
    spotAndTime += moved - byVol;
  });
  return { vol, spotAndTime };
}

function priceAtOldVol(
  series: SeriesView,
  previous: BlockRecord,
  block: BlockRecord,
  index: number,
): number | undefined {
  const years = (series.expiry - block.time) / YEAR_SECONDS;
  const oldVol = previous.trueVols[index];
  if (years <= 0 || !(oldVol > 0) || !(block.trueVols[index] > 0)) return undefined;
  return blackPrice(series.isCall, block.truth.spot, series.strike, years, oldVol);
}

function tradeEdges(block: BlockRecord): { edge: number; fees: number } {
  const indexById = new Map(block.view.series.map((series, i) => [series.id, i]));
  let edge = 0;
  let fees = 0;
  for (const event of block.events) {
    if (event.kind === "traded") {
      const price = block.truePrices[indexById.get(event.id)!];
      // The vault sold (size > 0) for the premium, or bought (size < 0) and paid it.
      edge += event.size > 0 ? event.premium - event.size * price : -event.size * price - event.premium;
      fees += event.fee;
    }
    if (event.kind === "fund-moved" && event.amount > 0) fees -= event.amount;
    // Penalties of liquidations come from the bidder.
    if (event.kind === "penalty-split") fees += event.toFund;
  }
  return { edge, fees };
}

function hedgeResult(
  previous: BlockRecord,
  block: BlockRecord,
  neutralInventory: number,
): { hedging: number; neutral: number } {
  const spotMove = block.truth.spot - previous.truth.spot;
  let held = 0;
  for (const market of previous.view.markets) held += market.inventory;
  let hedging = (held - neutralInventory) * spotMove;
  for (const event of block.events) {
    if (event.kind === "hedged") hedging += event.traded * block.truth.spot - event.quotePaid;
  }
  return { hedging, neutral: neutralInventory * spotMove };
}

function hasLiquidation(block: BlockRecord): boolean {
  return block.events.some(
    (event) =>
      event.kind === "bad-debt" ||
      event.kind === "auction-bid" ||
      event.kind === "auction-ended" ||
      (event.kind === "short-settled" && event.shortfall > 0),
  );
}
