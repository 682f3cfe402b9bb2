import { isOutsideGrid } from "../../src/protocol/twin/vol-at.ts";
import type { RunRecord } from "../engine/run-record.ts";

import { isMeasured } from "./quote-error.ts";

/**
 * Share of the quotes that errors are measured on (every live series in every block of the plateau) that lie beyond the
 * outermost nodes of the smile then on chain, at the price that the contract reads: there the vol goes on flat, whatever
 * the model says. Undefined where no grid was in force.
 */
export function outsideGridShare(run: RunRecord): number | undefined {
  let quotes = 0;
  let outside = 0;
  for (const block of run.blocks.filter((each) => isMeasured(run, each))) {
    for (const series of block.view.series) {
      if (series.expiry <= block.time) continue;
      const { price } = block.view.markets.find(({ underlying }) => underlying === series.underlying)!;
      const isOutside = isOutsideGrid(block.view, series, price);
      if (isOutside === undefined) continue;
      quotes++;
      if (isOutside) outside++;
    }
  }
  return quotes === 0 ? undefined : outside / quotes;
}
