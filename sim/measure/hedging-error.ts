import type { BlockRecord, RunRecord } from "../engine/run-record.ts";

import type { TrueGreeks } from "./greeks-error.ts";

/** How well the vault's hedge followed its book, beside the best hedge that the true model allows on the same path. */
export interface HedgingError {
  /** Standard deviation of the hedged book's change from block to block over the plateau, USD, scaled to an hour. */
  readonly actual: number;
  /** The same with the minimum-variance hedge of the true model: the floor, which no model can undercut on average. */
  readonly floor: number;
  /** actual − floor. */
  readonly modelError: number;
}

const HOUR = 3600;

/**
 * @param neutralInventory - units of the underlying that count as unhedged by choice
 */
export function hedgingError(run: RunRecord, truth: TrueGreeks, neutralInventory: number): HedgingError {
  let actual = 0;
  let floor = 0;
  let hours = 0;
  let previous = run.genesis;
  for (const block of run.blocks) {
    const inPlateau = run.spec.severity === 0 || (block.time > run.plateauFrom && block.time <= run.plateauTo);
    if (inPlateau) {
      const bookChange = changeOfHeldBook(previous, block);
      const spotMove = block.truth.spot - previous.truth.spot;
      let held = -neutralInventory;
      for (const market of previous.view.markets) held += market.inventory;
      actual += (bookChange + held * spotMove) ** 2;
      floor += (bookChange - bookDelta(previous, truth) * spotMove) ** 2;
      hours += (block.time - previous.time) / HOUR;
    }
    previous = block;
  }
  const perRootHour = (sum: number) => (hours === 0 ? 0 : Math.sqrt(sum / hours));
  return {
    actual: perRootHour(actual),
    floor: perRootHour(floor),
    modelError: perRootHour(actual) - perRootHour(floor),
  };
}

function changeOfHeldBook(previous: BlockRecord, block: BlockRecord): number {
  let change = 0;
  previous.view.series.forEach((series, i) => {
    if (series.net !== 0) change += series.net * (block.truePrices[i] - previous.truePrices[i]);
  });
  return change;
}

function bookDelta(block: BlockRecord, truth: TrueGreeks): number {
  let delta = 0;
  block.view.series.forEach((series, i) => {
    if (series.net !== 0 && series.expiry > block.time) delta += series.net * truth.minimumVarianceDelta(block, i);
  });
  return delta;
}
