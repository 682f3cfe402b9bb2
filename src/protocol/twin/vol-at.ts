import type { Series } from "../actions.ts";
import type { GridView, ProtocolView } from "../view.ts";
import { YEAR_SECONDS } from "../../time/year.ts";

/** Nodes of the posted grid lie at −3 + 0.4·i in k/(σ_ref·√τ_ref). */
const LOWEST_NODE = -3;
const NODE_SPACING = 0.4;
const LAST_NODE = 15;

/** Vol and the model's standard deviation of it, annualised; NaN where the source has none. */
export interface SourceVol {
  readonly vol: number;
  readonly sd: number;
}

const NONE: SourceVol = { vol: Number.NaN, sd: Number.NaN };

/** What the vol source in force says of a series at a spot, before spreads. */
export function volAt(view: ProtocolView, series: Series, spot: number): SourceVol {
  const { vols } = view;
  switch (vols.source) {
    case "constant":
      return vols.vol > 0 ? { vol: vols.vol, sd: vols.sd } : NONE;
    case "trailing":
      return vols.vol > 0 ? { vol: vols.vol, sd: 0 } : NONE;
    case "grid": {
      const grid = vols.byExpiry[expiryIndex(view, series)];
      return grid.postedAt > 0 ? { vol: interpolate(grid, series.strike, spot), sd: grid.sd } : NONE;
    }
    case "truth": {
      const vol = vols.byExpiry[expiryIndex(view, series)][strikeIndex(view, series)];
      return vol > 0 ? { vol, sd: 0 } : NONE;
    }
  }
}

/**
 * Whether a series lies beyond the outermost nodes of the smile that is posted for its expiry, where the contract goes on
 * flat.
 * @returns undefined where the source is no grid, or nothing was posted
 */
export function isOutsideGrid(view: ProtocolView, series: Series, spot: number): boolean | undefined {
  const { vols } = view;
  if (vols.source !== "grid") return undefined;
  const grid = vols.byExpiry[expiryIndex(view, series)];
  return grid.postedAt > 0 ? Math.abs(gridPlace(grid, series.strike, spot)) > -LOWEST_NODE : undefined;
}

/** Place of a series' expiry in `view.expiries`. */
export function expiryIndex(view: ProtocolView, { underlying, expiry }: Series): number {
  return view.expiries.findIndex((book) => book.underlying === underlying && book.expiry === expiry);
}

/** Place of a strike among those of its expiry: the order in which they were listed. */
function strikeIndex(view: ProtocolView, series: Series): number {
  let place = -1;
  for (const other of view.series) {
    if (other.underlying !== series.underlying || other.expiry !== series.expiry || !other.isCall) continue;
    place++;
    if (other.strike === series.strike) return place;
  }
  return place;
}

/** x = k/(σ_ref·√τ_ref). */
function gridPlace({ referenceVol, secondsToExpiry }: GridView, strike: number, spot: number): number {
  return Math.log(strike / spot) / (referenceVol * Math.sqrt(secondsToExpiry / YEAR_SECONDS));
}

/** Linear between the sixteen nodes, flat outside. */
function interpolate(grid: GridView, strike: number, spot: number): number {
  const { nodes } = grid;
  const x = gridPlace(grid, strike, spot);
  if (x <= LOWEST_NODE) return nodes[0];
  const place = (x - LOWEST_NODE) / NODE_SPACING;
  const left = Math.floor(place);
  if (left >= LAST_NODE) return nodes[LAST_NODE];
  return nodes[left] + (nodes[left + 1] - nodes[left]) * (place - left);
}
