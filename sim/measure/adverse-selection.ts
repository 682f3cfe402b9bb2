import type { BlockRecord, RunRecord } from "../engine/run-record.ts";
import type { Role } from "../scenarios/scenario.ts";

import { roleByAddress } from "./activity.ts";

/** What the vault's counterparties of a role took from it. */
export interface Selection {
  trades: number;
  /** Contracts traded. */
  contracts: number;
  /** USD of premium. */
  premium: number;
  /** USD that the vault gained (positive) at the truth of the trade's own block, fees apart. */
  edge: number;
  /** The same an hour later: a move that the counterparty knew first shows here. */
  markOut: number;
}

const MARK_OUT_SECONDS = 3600;

/** Adverse selection by role of the counterparty; trades of nobody's accounts go under `unknown`. */
export function adverseSelection(run: RunRecord): Map<Role | "unknown", Selection> {
  const roles = roleByAddress(run.agents);
  const selection = new Map<Role | "unknown", Selection>();
  run.blocks.forEach((block, at) => {
    const indexById = new Map(block.view.series.map((series, i) => [series.id, i]));
    for (const event of block.events) {
      if (event.kind !== "traded") continue;
      const role = roles.get(event.trader.toLowerCase()) ?? "unknown";
      const row = selection.get(role) ?? { trades: 0, contracts: 0, premium: 0, edge: 0, markOut: 0 };
      selection.set(role, row);
      const index = indexById.get(event.id)!;
      const later = laterBlock(run.blocks, at);
      row.trades++;
      row.contracts += Math.abs(event.size);
      row.premium += event.premium;
      row.edge += edgeOf(event.size, event.premium, block.truePrices[index]);
      row.markOut += edgeOf(event.size, event.premium, later.truePrices[index]);
    }
  });
  return selection;
}

/** The vault sold `size` contracts (negative: bought) for `premium` USD while one was worth `price`. */
export function edgeOf(size: number, premium: number, price: number): number {
  return size > 0 ? premium - size * price : -size * price - premium;
}

function laterBlock(blocks: readonly BlockRecord[], at: number): BlockRecord {
  const due = blocks[at].time + MARK_OUT_SECONDS;
  for (let i = at; i < blocks.length; i++) if (blocks[i].time >= due) return blocks[i];
  return blocks[blocks.length - 1];
}
