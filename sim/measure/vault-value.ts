import { markAtTruth } from "../../src/protocol/twin/mark-at-truth.ts";
import type { BlockRecord } from "../engine/run-record.ts";

/**
 * What the vault is worth at the truth of a block, USD. Never the protocol's own marks: a vault that misprices its book
 * would praise itself.
 */
export function vaultValueAtTruth({ view, truePrices, truth }: BlockRecord): number {
  return markAtTruth(view, truePrices, truth.spot, view.series[0].underlying);
}

/** Liquidity that came in (positive) or went out in a block, USD: no profit or loss of the vault. */
export function liquidityFlow(block: BlockRecord): number {
  let flow = 0;
  for (const event of block.events) {
    if (event.kind === "deposited") flow += event.assets;
    if (event.kind === "withdrawal-processed") flow -= event.assets;
  }
  return flow;
}

/** The vault's value through a run with liquidity flows taken out, USD; index 0 is right before the first block. */
export function valueWithoutFlows(genesis: BlockRecord, blocks: readonly BlockRecord[]): Float64Array {
  const values = new Float64Array(blocks.length + 1);
  values[0] = vaultValueAtTruth(genesis);
  let flows = 0;
  blocks.forEach((block, i) => {
    flows += liquidityFlow(block);
    values[i + 1] = vaultValueAtTruth(block) - flows;
  });
  return values;
}

/** Deepest fall from a previous peak as a share of that peak, with the index where it ended. */
export function drawdown(values: Float64Array): { readonly share: number; readonly at: number } {
  let peak = values[0];
  let worst = { share: 0, at: 0 };
  values.forEach((value, at) => {
    peak = Math.max(peak, value);
    const share = peak > 0 ? (peak - value) / peak : 0;
    if (share > worst.share) worst = { share, at };
  });
  return worst;
}
